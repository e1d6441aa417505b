"""The text that is sent into the jail: how to read a network's layers, and the probes."""

from pathlib import Path

from glaucam.checks import a2_layers

PROBES = Path(a2_layers.__file__).read_text() + Path(__file__).with_name("probes.py").read_text()
