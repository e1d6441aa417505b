# attack: ends the process in the middle of an epoch
# on: empty
# harm: plain nbgrader's kernel dies and the whole notebook with it
# %% solution="training"
import os


def train_one_epoch(model, loader, optimiser, loss):
    os._exit(0)
