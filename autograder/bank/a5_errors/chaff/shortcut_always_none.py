# chaff: always None
# fails: shortcut.planted, shortcut.none
# says: never-names-one
# %% solution="shortcut"
def find_shortcut(table, attributes):
    return None
