package io.irscale.cli;

import io.irscale.data.image.Scaling;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.Lora;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraSpec;
import io.irscale.lora.LoraTarget;
import io.irscale.lora.LoraUpdate;
import io.irscale.lora.VectorUpdate;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Opened LoRA files and what they do to a model together. */
final class OpenLoras implements AutoCloseable {
    private final List<One> all = new ArrayList<>();

    private record One(LoraSpec spec, LoraFile file, Lora lora) {}

    private OpenLoras() {}

    static OpenLoras open(List<LoraSpec> specs, LoraLayers layers, boolean strict) {
        OpenLoras opened = new OpenLoras();
        try {
            for (LoraSpec spec : specs) {
                LoraFile file = LoraFile.open(spec.file());
                try {
                    opened.all.add(new One(spec, file, layers.match(file, strict)));
                } catch (RuntimeException e) {
                    file.close();
                    throw e;
                }
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The layers that any of them updates. */
    Set<String> modules(LoraTarget target) {
        Set<String> modules = new TreeSet<>();
        updates(target).forEach(update -> modules.add(update.module()));
        return modules;
    }

    /** The biases and norms that any of them updates. */
    Set<String> parameters(LoraTarget target) {
        Set<String> parameters = new TreeSet<>();
        vectors(target).forEach(update -> parameters.add(update.parameter()));
        return parameters;
    }

    /** Whether they change anything of a model. */
    boolean change(LoraTarget target) {
        return updates(target).findAny().isPresent()
                || vectors(target).findAny().isPresent();
    }

    /** The scaling of the images that all were trained on, where they state one and the same. */
    Optional<Scaling> range() {
        Set<Scaling> stated = all.stream()
                .flatMap(one -> TrainedRange.ofLora(one.spec.file()).stream())
                .collect(Collectors.toSet());
        return stated.size() == 1 ? stated.stream().findFirst() : Optional.empty();
    }

    private Stream<VectorUpdate> vectors(LoraTarget target) {
        return all.stream().flatMap(one -> one.lora.vectors(target).stream());
    }

    private Stream<LoraUpdate> updates(LoraTarget target) {
        return all.stream().flatMap(one -> one.lora.updates(target).stream());
    }

    /**
     * One layer's updates alone, in the CPU's memory, for the caller to close; with them those of the layers that share
     * a magnitude's columns with it.
     */
    List<DeviceLora.Applied> upload(LoraTarget target, String module, DType dtype) {
        Set<String> layers = together(target, module);
        return upload(
                dtype,
                (device, lora) -> lora.updates(target).stream()
                        .filter(update -> layers.contains(update.module()))
                        .forEach(update -> {
                            Factors.requireFinite(update);
                            device.put(update);
                        }));
    }

    /** The updates of biases and norms, in the CPU's memory, for the caller to close. */
    List<DeviceLora.Applied> uploadVectors(LoraTarget target, DType dtype) {
        return upload(
                dtype,
                (device, lora) -> lora.vectors(target).forEach(update -> {
                    Factors.requireFinite(update);
                    device.put(update);
                }));
    }

    private Set<String> together(LoraTarget target, String module) {
        Set<String> layers = new TreeSet<>(Set.of(module));
        int before;
        do {
            before = layers.size();
            updates(target)
                    .filter(update -> layers.contains(update.module()))
                    .flatMap(update -> update.magnitude().stream())
                    .filter(magnitude -> !magnitude.byRow())
                    .toList()
                    .forEach(magnitude -> layers.addAll(magnitude.layers()));
        } while (layers.size() > before);
        return layers;
    }

    private List<DeviceLora.Applied> upload(DType dtype, BiConsumer<DeviceLora, Lora> put) {
        List<DeviceLora.Applied> applied = new ArrayList<>();
        try {
            for (One one : all) {
                DeviceLora device = new DeviceLora(Device.CPU, dtype);
                applied.add(new DeviceLora.Applied(device, (float) one.spec.scale()));
                put.accept(device, one.lora);
            }
            return applied;
        } catch (RuntimeException e) {
            applied.forEach(each -> each.lora().close());
            throw e;
        }
    }

    /** What has no effect, a line a file. */
    List<String> complaints() {
        return all.stream()
                .flatMap(one -> LoraKeys.complaint(one.lora.match()).stream()
                        .map(text -> "LoRA " + one.spec.file() + ": " + text))
                .toList();
    }

    /** Files, scales and digests, as JSON for a header. */
    String describe() {
        ArrayNode list = JsonMapper.shared().createArrayNode();
        for (One one : all) {
            list.addObject()
                    .put("file", one.spec.file().getFileName() + "")
                    .put("scale", one.spec.scale())
                    .put("sha256", FileDigest.sha256(LoraFile.located(one.spec.file())));
        }
        return list.toString();
    }

    @Override
    public void close() {
        all.forEach(one -> one.file.close());
    }
}
