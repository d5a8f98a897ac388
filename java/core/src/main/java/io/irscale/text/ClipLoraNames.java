package io.irscale.text;

import io.irscale.lora.LoraModules;
import io.irscale.lora.ModuleShape;
import java.util.LinkedHashMap;
import java.util.Map;

/** The linear layers and norms of CLIP's text tower, by transformers' names from {@code encoder.} on. */
public final class ClipLoraNames {
    private ClipLoraNames() {}

    /** The layers of a tower of these sizes. */
    public static LoraModules modules(ClipConfig.Tower tower) {
        long width = tower.width();
        long mlp = tower.mlp();
        Map<String, ModuleShape> shapes = new LinkedHashMap<>();
        Map<String, LoraModules.Norm> norms = new LinkedHashMap<>();
        norms.put("final_layer_norm", new LoraModules.Norm(width, true));
        for (int i = 0; i < tower.layers(); i++) {
            String layer = "encoder.layers." + i + ".";
            norms.put(layer + "layer_norm1", new LoraModules.Norm(width, true));
            norms.put(layer + "layer_norm2", new LoraModules.Norm(width, true));
            for (String name : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
                shapes.put(layer + "self_attn." + name, new ModuleShape(width, width));
            }
            shapes.put(layer + "mlp.fc1", new ModuleShape(mlp, width));
            shapes.put(layer + "mlp.fc2", new ModuleShape(width, mlp));
        }
        return new LoraModules(shapes, norms, Map.of());
    }
}
