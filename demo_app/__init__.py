"""The GlauCAM page: ``python -m demo_app``. One module per tab, functions apart from layout."""
