# chaff: counts a normal eye AT the threshold as left in peace (p <= t is negative)
# fails: operating_point
# mistake: > for >= in the threshold

# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    normal = sorted(float(q) for q, y in zip(p, y_true) if int(y) == 0)
    for t in sorted({float(q) for q in p}):
        called = [q for q in normal if q > t]
        if 1 - len(called) / len(normal) >= specificity - 1e-12:
            return t
