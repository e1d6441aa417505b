"""The trusted side: secret inputs, references, decisions. Student code never runs here."""
