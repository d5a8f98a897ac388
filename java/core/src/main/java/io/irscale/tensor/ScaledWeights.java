package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Weights with scales beside them, as ComfyUI stores fp8 and int8: weight = number times scale. Both spellings
 * ({@code X.scale_weight}, {@code X.weight_scale}) and both transports of the format (the header's
 * {@code _quantization_metadata}, a tensor {@code X.comfy_quant}) are read (ComfyUI {@code QUANTIZATION.md},
 * {@code comfy/utils.py} {@code convert_old_quants}, {@code comfy/quant_ops.py}). Scales of activations
 * ({@code scale_input}, {@code input_scale}) and the marker {@code scaled_fp8} change no weight.
 */
final class ScaledWeights {
    private static final String METADATA = "_quantization_metadata";
    private static final String QUANT = ".comfy_quant";
    private static final List<String> WEIGHT_SCALES = List.of(".scale_weight", ".weight_scale");
    private static final List<String> INPUT_SCALES = List.of(".scale_input", ".input_scale");
    private static final Map<String, Packing> FORMATS = Map.of(
            "float8_e4m3fn", Packing.F8_E4M3,
            "float8_e5m2", Packing.F8_E5M2,
            "int8_tensorwise", Packing.I8);

    private final Map<String, StoredTensor> tensors;
    private final Map<String, Packing> formats = new LinkedHashMap<>();

    private ScaledWeights(Map<String, StoredTensor> tensors) {
        this.tensors = tensors;
    }

    /**
     * Puts the scales of {@code tensors} to their weights, and takes them and what describes them out.
     *
     * @throws InvalidInputException if a scale belongs to no weight, has another shape than one value or one a row, a
     *     weight has a format that irscale does not read, or lacks the scale that its format calls for
     */
    static void resolve(Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
        ScaledWeights scaled = new ScaledWeights(tensors);
        Optional.ofNullable(metadata.get(METADATA)).ifPresent(json -> scaled.readMetadata(path, json));
        for (StoredTensor tensor : List.copyOf(tensors.values())) {
            scaled.readLayer(tensor);
        }
        for (StoredTensor tensor : List.copyOf(tensors.values())) {
            scaled.resolve(tensor);
        }
        scaled.requireScales();
    }

    private void readMetadata(Path path, String json) {
        JsonNode layers = StrictJson.parse(json.getBytes(StandardCharsets.UTF_8), path, METADATA)
                .path("layers");
        layers.forEachEntry((layer, how) -> format(path, layer, how.isString() ? how : how.path("format"), how));
    }

    private void readLayer(StoredTensor tensor) {
        if (tensor.name().endsWith(QUANT)) {
            byte[] json = tensor.data().toArray(ValueLayout.JAVA_BYTE);
            JsonNode how = StrictJson.parse(json, tensor.file(), tensor.name());
            format(tensor.file(), before(tensor.name(), QUANT), how.path("format"), how);
            tensors.remove(tensor.name());
        }
    }

    private void format(Path file, String layer, JsonNode name, JsonNode how) {
        Packing packing = name.isString() ? FORMATS.get(name.stringValue()) : null;
        if (packing == null || how.path("convrot").asBoolean(false)) {
            throw new InvalidInputException(
                    "%s: layer '%s' is quantised as %s, which irscale does not read; get the model in"
                                    .formatted(file, StrictJson.oneLine(layer), StrictJson.oneLine(how.toString()))
                            + " fp8, bf16 or as GGUF");
        }
        formats.put(layer, packing);
    }

    private void resolve(StoredTensor tensor) {
        String name = tensor.name();
        for (String suffix : WEIGHT_SCALES) {
            if (name.endsWith(suffix)) {
                StoredTensor weight = weight(tensor, before(name, suffix));
                tensors.put(weight.name(), scaled(weight, before(name, suffix), tensor));
                tensors.remove(name);
            }
        }
        for (String suffix : INPUT_SCALES) {
            if (name.endsWith(suffix)) {
                weight(tensor, before(name, suffix));
                tensors.remove(name);
            }
        }
        if (name.equals("scaled_fp8") || name.endsWith(".scaled_fp8")) {
            tensors.remove(name);
        }
    }

    private static String before(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }

    private StoredTensor weight(StoredTensor scale, String layer) {
        StoredTensor weight = tensors.get(layer + ".weight");
        if (weight == null) {
            throw new InvalidInputException("%s: scale '%s' belongs to no weight: there is no '%s.weight'"
                    .formatted(scale.file(), scale.name(), layer));
        }
        return weight;
    }

    private StoredTensor scaled(StoredTensor weight, String layer, StoredTensor scale) {
        if (weight.quantization().isPresent()) {
            throw new InvalidInputException("%s: weight '%s' has two scales, the second is '%s'"
                    .formatted(scale.file(), weight.name(), scale.name()));
        }
        long values = weight.elements();
        long rows = weight.shape().isEmpty() ? 1 : weight.shape().getFirst();
        boolean one = scale.elements() == 1;
        if (!scale.dtype().isFloat()
                || (!one && scale.elements() != rows)
                || scale.quantization().isPresent()) {
            throw new InvalidInputException(
                    "%s: scale '%s' is %s of shape %s, expected floating point, one value or one a row of '%s' %s"
                            .formatted(
                                    scale.file(),
                                    scale.name(),
                                    scale.dtype(),
                                    scale.shape(),
                                    weight.name(),
                                    weight.shape()));
        }
        Packing packing = packing(weight, layer);
        String format = packing + " with scale";
        return new StoredTensor(
                weight.name(),
                DType.F32,
                weight.shape(),
                weight.data(),
                weight.file(),
                Optional.of(Quantization.scaled(format, packing, scale, one ? values : values / rows)));
    }

    /** Bytes may stand for what the layer's format says. */
    private Packing packing(StoredTensor weight, String layer) {
        Optional<Packing> told = formats.entrySet().stream()
                .filter(entry -> isOf(entry.getKey(), layer))
                .map(Map.Entry::getValue)
                .findFirst();
        return told.filter(packing ->
                        weight.dtype() == DType.U8 || weight.dtype().name().equals(packing.name()))
                .or(() -> Packing.of(weight.dtype()))
                .orElseThrow(() ->
                        new InvalidInputException("%s: weight '%s' is %s with a scale, which irscale does not read"
                                .formatted(weight.file(), weight.name(), weight.dtype())));
    }

    /** The header may name layers without the prefix that their tensors have. */
    private static boolean isOf(String told, String layer) {
        return layer.equals(told) || layer.endsWith("." + told);
    }

    private void requireScales() {
        for (StoredTensor weight : tensors.values()) {
            if (weight.quantization().isEmpty() && weight.name().endsWith(".weight")) {
                String layer = before(weight.name(), ".weight");
                formats.forEach((told, packing) -> {
                    if (isOf(told, layer)
                            && (weight.dtype() == DType.U8
                                    || weight.dtype().name().equals(packing.name()))) {
                        throw new InvalidInputException(
                                "%s: weight '%s' is said to have a scale, but '%s.weight_scale' is"
                                                .formatted(weight.file(), weight.name(), layer)
                                        + " missing");
                    }
                });
            }
        }
    }
}
