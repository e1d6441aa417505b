# chaff: says corner_marker, whatever the table
# fails: shortcut.planted, shortcut.none
# says: not-a-name
# %% solution="shortcut"
def find_shortcut(table, attributes):
    return "corner_marker_always"
