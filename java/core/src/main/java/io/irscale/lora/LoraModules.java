package io.irscale.lora;

import io.irscale.error.InternalException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The linear layers and norms of the model at hand, and every name under which a LoRA file may address them. */
public final class LoraModules {
    private final Map<String, ModuleShape> shapes;
    private final Map<String, Norm> norms;
    private final Map<String, LoraSite> sites = new LinkedHashMap<>();

    /**
     * A norm.
     *
     * @param width size of its weight, and of its bias
     * @param bias whether it has one
     */
    public record Norm(long width, boolean bias) {}

    /**
     * Layers by name.
     *
     * @param shapes the linear layers by their dotted diffusers or transformers name
     * @param norms the norms likewise
     * @param aliases other dotted names, such as those of the original layout. Every name is also found with
     *     underscores for dots, which is how kohya and OneTrainer write it
     */
    public LoraModules(Map<String, ModuleShape> shapes, Map<String, Norm> norms, Map<String, LoraSite> aliases) {
        this.shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
        this.norms = Collections.unmodifiableMap(new LinkedHashMap<>(norms));
        shapes.keySet().forEach(name -> add(name, new LoraSite(List.of(name), false)));
        norms.keySet().forEach(name -> add(name, new LoraSite(List.of(name), false)));
        aliases.forEach(this::add);
    }

    private void add(String name, LoraSite site) {
        for (String spelling : new String[] {name, name.replace('.', '_')}) {
            LoraSite other = sites.putIfAbsent(spelling, site);
            if (other != null && !other.equals(site)) {
                throw new InternalException("'" + spelling + "' names both " + other + " and " + site);
            }
        }
    }

    /** The linear layers by their dotted diffusers or transformers name. */
    public Map<String, ModuleShape> shapes() {
        return shapes;
    }

    /** The norms by their dotted diffusers or transformers name. */
    public Map<String, Norm> norms() {
        return norms;
    }

    /** What {@code name}, dotted or underscored, stands for. */
    Optional<LoraSite> site(String name) {
        return Optional.ofNullable(sites.get(name));
    }

    /** The norm that {@code site} is; empty for linear layers. */
    Optional<Norm> norm(LoraSite site) {
        return Optional.ofNullable(norms.get(site.modules().getFirst()));
    }

    /** The shape of one of the linear layers. */
    ModuleShape shape(String module) {
        ModuleShape shape = shapes.get(module);
        if (shape == null) {
            throw new InternalException("'" + module + "' is an alias's layer, but not one of the model's");
        }
        return shape;
    }
}
