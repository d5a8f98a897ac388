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
print({k: v.tolist() for k, v in state.items()})
