"""Makes this folder with torch 2.13.0: the same tensors in the zip format and in the one before PyTorch 1.6."""
import os
import torch

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(1)
unit = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3, bias=False), torch.nn.BatchNorm2d(3))
state = unit.state_dict()  # an OrderedDict with an attribute, and an integer in it
shared = torch.arange(12, dtype=torch.float64)
state["view"] = shared[4:10].view(2, 3)
state["whole"] = shared
state["half"] = torch.tensor([1.5, -2.0]).half()
state["bf16"] = torch.tensor([[0.25]]).bfloat16()
state["empty"] = torch.zeros(0, 4)
torch.save(state, f"{here}/zip.pth")
torch.save(state, f"{here}/stream.pth", _use_new_zipfile_serialization=False)
torch.save({"t": shared.view(3, 4).t()}, f"{here}/transposed.pth")
torch.save(unit, f"{here}/module.pth")

# What training scripts save, with an optimizer that has taken a step; and the weights as parameters.
model = torch.nn.Linear(2, 3)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
model(torch.ones(1, 2)).sum().backward()
optimizer.step()
wrapped = {f"module.{k}": v for k, v in model.state_dict().items()}
checkpoint = {"epoch": 5, "name": "run", "best": 0.25, "sha": None, "size": torch.Size([2]), "flags": (True, b"x", {1, 2}),
              "state_dict": wrapped, "optimizer": optimizer.state_dict(), "scaler": {"scale": 65536.0, "growth": [2, {}]}}
for protocol in (2, 4):
    torch.save(checkpoint, f"{here}/checkpoint{protocol}.pt", pickle_protocol=protocol)
torch.save(dict(model.named_parameters()), f"{here}/parameters.bin")
torch.jit.script(model).save(f"{here}/script.pt")
print(model.weight.tolist())
print({k: v.tolist() for k, v in state.items()})
