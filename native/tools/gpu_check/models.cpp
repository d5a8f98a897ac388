#include "models.h"

#include <algorithm>
#include <filesystem>

namespace gpu_check {

namespace {

Json config_of(const std::string& folder) { return Json::read(folder + "/config.json"); }

int32_t size(const Json& config, const char* key, double absent) { return static_cast<int32_t>(config.number(key, absent)); }

int32_t activation(const Json& config) {
    const std::string name = config.text("hidden_act", "quick_gelu");
    if (name == "quick_gelu") return IRS_ACT_QUICK_GELU;
    if (name == "gelu") return IRS_ACT_GELU;
    if (name == "gelu_new" || name == "gelu_pytorch_tanh") return IRS_ACT_GELU_TANH;
    throw std::runtime_error("hidden_act is " + name + ", expected quick_gelu, gelu, gelu_new or gelu_pytorch_tanh");
}

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

irs_flux_config flux_config(const std::string& folder) {
    const Json config = config_of(folder);
    irs_flux_config out{};
    out.in_channels = size(config, "in_channels", 64);
    out.out_channels = size(config, "out_channels", out.in_channels);
    out.layers = size(config, "num_layers", 19);
    out.single_layers = size(config, "num_single_layers", 38);
    out.heads = size(config, "num_attention_heads", 24);
    out.head_dim = size(config, "attention_head_dim", 128);
    out.joint_dim = size(config, "joint_attention_dim", 4096);
    out.pooled_dim = size(config, "pooled_projection_dim", 768);
    out.guidance = config.flag("guidance_embeds", false) ? 1 : 0;
    const int32_t axes[] = {16, 56, 56};
    std::copy(axes, axes + 3, out.axes);
    if (const Json* const given = config.find("axes_dims_rope")) {
        for (size_t i = 0; i < 3 && i < given->items().size(); i++) out.axes[i] = static_cast<int32_t>(given->items()[i].number());
    }
    return out;
}

irs_clip_config clip_config(const std::string& folder) {
    const Json config = config_of(folder);
    const bool both = config.find("vision_config") != nullptr;
    const Json& text = both ? config.at("text_config") : config;
    irs_clip_config out{};
    out.text_width = size(text, "hidden_size", 512);
    out.text_layers = size(text, "num_hidden_layers", 12);
    out.text_heads = size(text, "num_attention_heads", 8);
    out.text_mlp = size(text, "intermediate_size", 2048);
    out.text_activation = activation(text);
    out.text_positions = size(text, "max_position_embeddings", 77);
    out.vocabulary = size(text, "vocab_size", 49408);
    out.eos_token_id = size(text, "eos_token_id", 49407);
    out.text_eps = text.number("layer_norm_eps", 1e-5);
    if (!both) return out;
    const Json& image = config.at("vision_config");
    out.projection = size(config, "projection_dim", 512);
    out.image_width = size(image, "hidden_size", 768);
    out.image_layers = size(image, "num_hidden_layers", 12);
    out.image_heads = size(image, "num_attention_heads", 12);
    out.image_mlp = size(image, "intermediate_size", 3072);
    out.image_activation = activation(image);
    out.image_size = size(image, "image_size", 224);
    out.patch_size = size(image, "patch_size", 32);
    out.image_channels = size(image, "num_channels", 3);
    out.image_eps = image.number("layer_norm_eps", 1e-5);
    return out;
}

irs_t5_config t5_config(const std::string& folder) {
    const Json config = config_of(folder);
    irs_t5_config out{};
    out.width = size(config, "d_model", 512);
    out.key = size(config, "d_kv", 64);
    out.heads = size(config, "num_heads", 8);
    out.mlp = size(config, "d_ff", 2048);
    out.layers = size(config, "num_layers", 6);
    out.vocabulary = size(config, "vocab_size", 32128);
    out.buckets = size(config, "relative_attention_num_buckets", 32);
    out.max_distance = size(config, "relative_attention_max_distance", 128);
    out.eps = config.number("layer_norm_epsilon", 1e-6);
    return out;
}

irs_vae_config vae_config(const std::string& folder) {
    const Json config = config_of(folder);
    irs_vae_config out{};
    out.in_channels = size(config, "in_channels", 3);
    out.out_channels = size(config, "out_channels", 3);
    out.latent_channels = size(config, "latent_channels", 4);
    for (const Json& channels : config.at("block_out_channels").items()) {
        if (out.levels == 8) throw std::runtime_error("block_out_channels has more than 8 levels");
        out.channels[out.levels++] = static_cast<int32_t>(channels.number());
    }
    out.layers_per_block = size(config, "layers_per_block", 1);
    out.groups = size(config, "norm_num_groups", 32);
    out.mid_attention = config.flag("mid_block_add_attention", true) ? 1 : 0;
    out.quant_conv = config.flag("use_quant_conv", true) ? 1 : 0;
    out.post_quant_conv = config.flag("use_post_quant_conv", true) ? 1 : 0;
    out.scaling_factor = config.number("scaling_factor", 0.18215);
    out.shift_factor = config.number("shift_factor", 0);
    return out;
}

FolderWeights::FolderWeights(const std::string& folder, Place place)
    : weights_(make<Weights>(irs_weights_create, place.device, place.dtype)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".safetensors") continue;
        files_.push_back(std::make_unique<Safetensors>(entry.path().string()));
        for (const auto& [name, tensor] : files_.back()->tensors()) {
            check(irs_weights_put(weights_.get(), name.c_str(), tensor.data, tensor.bytes, tensor.dtype,
                                  static_cast<int32_t>(tensor.shape.size()), tensor.shape.data()));
        }
    }
    if (files_.empty()) throw std::runtime_error(folder + " holds no safetensors files");
}

Weights random_weights(Place place) {
    Weights weights = make<Weights>(irs_weights_create, place.device, place.dtype);
    check(irs_weights_initialize(weights.get(), 1));
    return weights;
}

Lora read_lora(const std::string& folder, Place place) {
    const Safetensors file(folder + "/pytorch_lora_weights.safetensors");
    const Json metadata = Json::parse(file.metadata().at("lora_adapter_metadata").text(), folder + ": lora_adapter_metadata");
    const double scale = metadata.at("transformer.lora_alpha").number() / metadata.at("transformer.r").number();
    const std::string prefix = "transformer.", of_a = ".lora_A.weight", of_b = ".lora_B.weight";
    Lora lora = make<Lora>(irs_lora_create, place.device, place.dtype);
    for (const auto& [name, a] : file.tensors()) {
        if (!ends_with(name, of_a)) continue;
        const std::string module = name.substr(prefix.size(), name.size() - prefix.size() - of_a.size());
        const StoredTensor& b = file.at(prefix + module + of_b);
        check(irs_lora_put(lora.get(), module.c_str(), a.on(IRS_CPU, a.dtype).get(), b.on(IRS_CPU, b.dtype).get(), scale));
    }
    return lora;
}

Lora random_lora(const irs_flux_config& config, int32_t rank, Place place) {
    const int64_t d = config.heads * config.head_dim, mlp = 4 * d;
    Lora lora = make<Lora>(irs_lora_create, place.device, place.dtype);
    const auto put = [&](const std::string& module, int64_t in, int64_t out) {
        constexpr float kValue = 0.01F;
        const Tensor a = tensor_of(std::vector<float>(static_cast<size_t>(rank * in), kValue), {rank, in}, IRS_CPU);
        const Tensor b = tensor_of(std::vector<float>(static_cast<size_t>(out * rank), kValue), {out, rank}, IRS_CPU);
        check(irs_lora_put(lora.get(), module.c_str(), a.get(), b.get(), 1));
    };
    for (int32_t i = 0; i < config.layers; i++) {
        const std::string block = "transformer_blocks." + std::to_string(i) + ".";
        for (const char* name : {"to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"}) {
            put(block + "attn." + name, d, d);
        }
        for (const char* name : {"ff", "ff_context"}) {
            put(block + name + ".net.0.proj", d, mlp);
            put(block + name + ".net.2", mlp, d);
        }
    }
    for (int32_t i = 0; i < config.single_layers; i++) {
        const std::string block = "single_transformer_blocks." + std::to_string(i) + ".";
        for (const char* name : {"attn.to_q", "attn.to_k", "attn.to_v"}) put(block + name, d, d);
        put(block + "proj_mlp", d, mlp);
        put(block + "proj_out", d + mlp, d);
    }
    return lora;
}

}  // namespace gpu_check
