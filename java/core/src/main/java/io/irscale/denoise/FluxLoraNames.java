package io.irscale.denoise;

import io.irscale.lora.LoraModules;
import io.irscale.lora.LoraSite;
import io.irscale.lora.ModuleShape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The transformer's linear layers and norms under all names that LoRA files give them: diffusers', the original ones, XLabs'. */
public final class FluxLoraNames {
    private static final long SINUSOID = 256;
    private static final long MLP_RATIO = 4;

    private final FluxConfig config;
    private final long width;
    private final long mlp;
    private final Map<String, ModuleShape> shapes = new LinkedHashMap<>();
    private final Map<String, LoraModules.Norm> norms = new LinkedHashMap<>();
    private final Map<String, LoraSite> aliases = new LinkedHashMap<>();

    private FluxLoraNames(FluxConfig config) {
        this.config = config;
        width = config.width();
        mlp = MLP_RATIO * width;
    }

    /** The layers of a transformer of these sizes. */
    public static LoraModules modules(FluxConfig config) {
        FluxLoraNames names = new FluxLoraNames(config);
        names.addShapes();
        names.addOriginal();
        names.addXlabs();
        names.addOldAttention();
        return new LoraModules(names.shapes, names.norms, names.aliases);
    }

    private void addShapes() {
        linear("x_embedder", width, config.inChannels());
        linear("context_embedder", width, config.jointDim());
        embedder("timestep_embedder", SINUSOID);
        if (config.guidance()) {
            embedder("guidance_embedder", SINUSOID);
        }
        embedder("text_embedder", config.pooledDim());
        for (int i = 0; i < config.layers(); i++) {
            String block = "transformer_blocks." + i + ".";
            norms(block, List.of("norm_q", "norm_k", "norm_added_q", "norm_added_k"));
            stream(block, "norm1", List.of("to_q", "to_k", "to_v", "to_out.0"), "ff");
            stream(
                    block,
                    "norm1_context",
                    List.of("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"),
                    "ff_context");
        }
        for (int i = 0; i < config.singleLayers(); i++) {
            String block = "single_transformer_blocks." + i + ".";
            linear(block + "norm.linear", 3 * width, width);
            attention(block, List.of("to_q", "to_k", "to_v"));
            norms(block, List.of("norm_q", "norm_k"));
            linear(block + "proj_mlp", mlp, width);
            linear(block + "proj_out", width, width + mlp);
        }
        linear(OriginalFluxNames.NORM_OUT, 2 * width, width);
        linear("proj_out", config.outChannels(), width);
    }

    private void embedder(String name, long in) {
        linear("time_text_embed." + name + ".linear_1", width, in);
        linear("time_text_embed." + name + ".linear_2", width, width);
    }

    private void stream(String block, String norm, List<String> attention, String ff) {
        linear(block + norm + ".linear", 6 * width, width);
        attention(block, attention);
        linear(block + ff + ".net.0.proj", mlp, width);
        linear(block + ff + ".net.2", width, mlp);
    }

    private void attention(String block, List<String> names) {
        names.forEach(name -> linear(block + "attn." + name, width, width));
    }

    private void norms(String block, List<String> names) {
        names.forEach(name -> norms.put(block + "attn." + name, new LoraModules.Norm(config.headDim(), false)));
    }

    private void linear(String name, long out, long in) {
        shapes.put(name, new ModuleShape(out, in));
    }

    private void addOriginal() {
        OriginalFluxNames.all(config.layers(), config.singleLayers(), config.guidance())
                .forEach(rename -> {
                    List<String> modules = rename.diffusers().stream()
                            .map(name -> name.replaceFirst("\\.weight$", ""))
                            .toList();
                    aliases.put(rename.original(), new LoraSite(modules, false));
                });
        aliases.put(OriginalFluxNames.MODULATION_OUT, new LoraSite(List.of(OriginalFluxNames.NORM_OUT), true));
    }

    /** x-flux {@code src/flux/modules/layers.py}: 1 is img, 2 is txt; single blocks leave the fused MLP alone. */
    private void addXlabs() {
        for (int i = 0; i < config.layers(); i++) {
            String from = "double_blocks." + i + ".processor.";
            String attn = "transformer_blocks." + i + ".attn.";
            alias(from + "qkv_lora1", attn, "to_q", "to_k", "to_v");
            alias(from + "qkv_lora2", attn, "add_q_proj", "add_k_proj", "add_v_proj");
            alias(from + "proj_lora1", attn, "to_out.0");
            alias(from + "proj_lora2", attn, "to_add_out");
        }
        for (int i = 0; i < config.singleLayers(); i++) {
            String from = "single_blocks." + i + ".processor.";
            String block = "single_transformer_blocks." + i + ".";
            alias(from + "qkv_lora", block + "attn.", "to_q", "to_k", "to_v");
            alias(from + "proj_lora", block, "proj_out");
        }
    }

    /** diffusers before PEFT ({@code models/attention_processor.py}, {@code LoRAAttnProcessor}). */
    private void addOldAttention() {
        shapes.keySet().stream()
                .filter(name -> name.contains(".attn."))
                .forEach(name -> aliases.put(
                        name.replace(".attn.", ".attn.processor.").replaceFirst("\\.0$", "") + "_lora",
                        new LoraSite(List.of(name), false)));
    }

    private void alias(String name, String parent, String... modules) {
        aliases.put(
                name,
                new LoraSite(
                        List.of(modules).stream().map(module -> parent + module).toList(), false));
    }
}
