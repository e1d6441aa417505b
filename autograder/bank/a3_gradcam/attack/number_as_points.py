# attack: every value a cell shows becomes the number 25, as if for partial credit
# on: empty
# harm: plain nbgrader takes a number as the last output of a check cell for its points
# %%
formatter = get_ipython().display_formatter
formatter.format = lambda value, *words, **options: ({"text/plain": "25"}, {})
get_ipython().display_pub.publish({"text/plain": "25"}, {})
print(25)
25
