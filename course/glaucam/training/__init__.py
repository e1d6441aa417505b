"""Training: fit, evaluate, and the checkpoints that carry what was learnt."""
