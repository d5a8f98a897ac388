"""Makes this folder with transformers itself: small SigLIPs with random weights, and what transformers computes with them.

transformers 5.18.0, sentencepiece 0.2.2, tokenizers 0.23.2, torch 2.13.0, Pillow 12.3.0; on a CPU. fixed is a SiglipModel with
SentencePiece, naflex a Siglip2Model with a BPE as Gemma's, aesthetic heads as LAION's.
"""
import json, os, random
import numpy as np, sentencepiece, torch
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import (Siglip2Config, Siglip2Model, Siglip2Tokenizer, SiglipConfig, SiglipModel, SiglipTokenizer)
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.siglip2.image_processing_pil_siglip2 import Siglip2ImageProcessorPil

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(3)
TEXTS = ["", " hello", "! Hello", "A photo of TWO cars!!", "an infrared image, at night: a road (hot)", "a </s> b", "<unk>car",
         "</s>", "ΣΟΦΌΣ", "\u200bcar", "a\u200bcar\u3000 ﬁre\u00a0x", "▁car", "a▁▁car ▁", "x\x1cy\tz", "漢字 unknown zzz",
         "İstanbul Éa e\u0301", "it's 100% \u201cquoted\u201d {x}_y", "car " * 100, "   ", "...", "ａｂⅡ"]

words = """a an the photo of infrared image at night two cars on road hot cold person walking dog house tree from above thermal
café naïve σοφός ξενοδοχείο ночь машина with engine warm street crossing pedestrian truck fire quoted unknown hello it s
istanbul parked still field river bridge roof wall window sky cloud rain snow winter summer""".split()
random.seed(1)
corpus = f"{here}/corpus.txt"
open(corpus, "w").write("\n".join(" ".join(random.choices(words, k=random.randint(3, 12))) for _ in range(3000)))


def weights(model):
    torch.manual_seed(7)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.startswith("logit_"):
                p.fill_(2.6875 if name == "logit_scale" else -1.3125)
                continue
            norm = "norm" in name and name.endswith("weight")
            p.copy_(1 + 0.2 * torch.randn_like(p) if norm else torch.randn_like(p) * (0.5 if p.dim() < 2 or "embedding" in name
                    else p.shape[-1] ** -0.5 * 1.5))
            p.copy_(p.bfloat16())
    return model.eval()


def images(h, w):
    smooth = np.asarray(Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize((w, h), Image.BICUBIC)).astype(int)
    return np.clip(smooth + rng.integers(-20, 21, smooth.shape), 0, 255).astype(np.uint8)


def compute(folder, model, tokenizer, processor, texts, sizes):
    golden = {}
    ids = tokenizer(texts, padding="max_length", truncation=True, max_length=TOKENS, return_tensors="pt")["input_ids"]
    golden["text_ids"] = ids
    with torch.no_grad():
        for name, (n, h, w) in sizes.items():
            u8 = np.stack([images(h, w) for _ in range(n)])
            inputs = dict(processor([Image.fromarray(x) for x in u8], return_tensors="pt"))
            out = model(input_ids=ids, **inputs)
            half = {k: v.bfloat16() if v.dtype == torch.float32 else v for k, v in inputs.items()}
            golden[f"{name}.images_u8"] = torch.from_numpy(u8)
            golden[f"{name}.pixel_values"] = inputs["pixel_values"]
            golden[f"{name}.image_features"] = out.image_embeds
            golden[f"{name}.probabilities"] = torch.sigmoid(out.logits_per_image)
            golden["text_features"] = out.text_embeds
            low = model.bfloat16()(input_ids=ids, **half)
            golden[f"{name}.image_features_bf16"] = low.image_embeds.float()
            golden["text_features_bf16"] = low.text_embeds.float()
            model.float()
            if "spatial_shapes" in inputs:
                golden[f"{name}.spatial_shapes"] = inputs["spatial_shapes"]
    save_file({k: v.contiguous() for k, v in golden.items()}, f"{folder}/golden.safetensors",
              metadata={"texts": json.dumps(texts)})
    save_file({k: v.bfloat16().contiguous() for k, v in model.state_dict().items()}, f"{folder}/model.safetensors")


TOKENS = 24
tower = {"num_hidden_layers": 2, "max_position_embeddings": TOKENS}

# SigLIP: 20 pixels are 2 patches of 8 and a rest, the text tower is narrower than the image tower.
fixed = f"{here}/fixed"
os.makedirs(fixed, exist_ok=True)
rules = f"{here}/rules.tsv"  # a part of nmt_nfkc, whose whole map would be 240 KB
open(rules, "w").write("FB01\t66 69\n2581\t20\n200B\t20\n3000\t20\n9\t20\nFF41\t61\nFF42\t62\n2161\t69 69\n65 301\tE9\n")
sentencepiece.SentencePieceTrainer.train(
    input=corpus, model_prefix=f"{fixed}/spiece", vocab_size=260, hard_vocab_limit=False, normalization_rule_tsv=rules,
    pad_id=0, eos_id=1, unk_id=2, bos_id=-1, pad_piece="<pad>", eos_piece="</s>", unk_piece="<unk>", minloglevel=2)
os.remove(f"{fixed}/spiece.vocab")
tokenizer = SiglipTokenizer(f"{fixed}/spiece.model", model_input_names=["input_ids"])
tokenizer.save_pretrained(fixed)
text = {"vocab_size": len(tokenizer), "hidden_size": 24, "num_attention_heads": 3, "intermediate_size": 37, "projection_size": 32,
        **tower}
vision = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 41, "num_hidden_layers": 2, "image_size": 20,
          "patch_size": 8}
json.dump({"architectures": ["SiglipModel"], "model_type": "siglip", "text_config": text, "vision_config": vision},
          open(f"{fixed}/config.json", "w"), indent=2)
processor = SiglipImageProcessorPil(size={"height": 20, "width": 20})
processor.save_pretrained(fixed)
model = weights(SiglipModel(SiglipConfig(text_config=text, vision_config=vision)))
compute(fixed, model, tokenizer, processor, TEXTS, {"wide": (2, 20, 37), "tall": (1, 45, 13), "exact": (1, 20, 20)})

# SigLIP 2, any resolution: 9 position embeddings, at most 12 patches of 4.
naflex = f"{here}/naflex"
os.makedirs(naflex, exist_ok=True)
bpe = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
bpe.normalizer, bpe.pre_tokenizer = normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous")
alphabet = [f"<0x{i:02X}>" for i in range(256)]
bpe.train([corpus], trainers.BpeTrainer(vocab_size=480, show_progress=False,
                                        special_tokens=["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + alphabet))
learnt = json.loads(bpe.to_str())["model"]
gemma = Siglip2Tokenizer(vocab=learnt["vocab"], merges=[tuple(x) for x in learnt["merges"]], model_input_names=["input_ids"],
                         padding_side="right", add_bos_token=False, add_eos_token=True, do_lower_case=True)
gemma.save_pretrained(naflex)
# As published: the file itself does not lower the case.
root = json.load(open(f"{naflex}/tokenizer.json"))
root["normalizer"], root["truncation"], root["padding"] = root["normalizer"]["normalizers"][1], None, None
json.dump(root, open(f"{naflex}/tokenizer.json", "w"), ensure_ascii=False, separators=(",", ":"))
text = {"vocab_size": len(gemma), "hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 20, **tower}
vision = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 24, "num_hidden_layers": 2, "patch_size": 4,
          "num_patches": 9}
json.dump({"architectures": ["Siglip2Model"], "model_type": "siglip2", "text_config": text, "vision_config": vision},
          open(f"{naflex}/config.json", "w"), indent=2)
processor = Siglip2ImageProcessorPil(patch_size=4, max_num_patches=12)
processor.save_pretrained(naflex)
model = weights(Siglip2Model(Siglip2Config(text_config=text, vision_config=vision)))
compute(naflex, model, gemma, processor, TEXTS, {"wide": (2, 20, 37), "tall": (1, 45, 13), "square": (1, 12, 12)})

# Heads for embeddings of 32 values, in fp64 of their fp32 weights.
def head(name, widths, keys, save):
    torch.manual_seed(11)
    layers = [torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:])]
    state = {f"{key}{part}": getattr(layer, part).detach() for key, layer in zip(keys, layers) for part in ("weight", "bias")}
    save(state, f"{here}/{name}")
    x = torch.nn.functional.normalize(torch.randn(3, widths[0]), dim=-1)
    y = x.double()
    with torch.no_grad():
        for layer in layers:
            y = layer.double()(y)
    return x, y


five, scores = head("head-improved.pth", [32, 20, 12, 8, 4, 1], [f"layers.{i}." for i in (0, 2, 4, 6, 7)], torch.save)
one, single = head("head-linear.pth", [32, 1], [""], torch.save)
head("head-improved.safetensors", [32, 20, 12, 8, 4, 1], [f"layers.{i}." for i in (0, 2, 4, 6, 7)], save_file)
save_file({"improved.x": five, "improved.y": scores, "linear.x": one, "linear.y": single}, f"{here}/heads.safetensors")
os.remove(corpus)
os.remove(rules)
