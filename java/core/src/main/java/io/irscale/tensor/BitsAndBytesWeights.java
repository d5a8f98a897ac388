package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Weights of 4 bits by bitsandbytes, nf4 and fp4: weight = code[number] absmax of its block, rounded to the dtype that was
 * quantised; the absmax may be quantised again, to 8 bits in blocks of their own and an offset (bitsandbytes
 * {@code functional.py}, {@code QuantState}; {@code backends/default/ops.py}).
 */
final class BitsAndBytesWeights {
    private static final String STATE = ".quant_state.bitsandbytes__";
    private static final Map<String, DType> DTYPES =
            Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16);

    private final Map<String, StoredTensor> tensors;
    private final StoredTensor state;
    private final String weight;
    private final JsonNode json;

    private BitsAndBytesWeights(Map<String, StoredTensor> tensors, StoredTensor state) {
        this.tensors = tensors;
        this.state = state;
        weight = state.name().substring(0, state.name().indexOf(STATE));
        json = StrictJson.parse(state.data().toArray(ValueLayout.JAVA_BYTE), state.file(), state.name());
    }

    /**
     * Makes one quantised tensor of each weight in {@code tensors} and what is beside it.
     *
     * @throws InvalidInputException if a part is missing, or sizes do not meet
     */
    static void resolve(Map<String, StoredTensor> tensors) {
        for (StoredTensor tensor : List.copyOf(tensors.values())) {
            if (tensor.name().contains(STATE)) {
                new BitsAndBytesWeights(tensors, tensor).resolve();
            }
        }
    }

    private void resolve() {
        String format = state.name().substring(weight.length() + STATE.length());
        StoredTensor packed = part("");
        StoredTensor absmax = json.has("nested_offset") ? nested() : required(part(".absmax"), DType.F32);
        List<Long> shape = shape();
        long values = StoredTensor.byteSize(DType.U8, shape);
        long run = run("blocksize");
        requireCount(packed.data().byteSize() * 2, values + values % 2, "values", packed);
        requireCount(absmax.elements(), Math.ceilDiv(values, run), "blocks", absmax);
        StoredTensor code = required(part(".quant_map"), DType.F32);
        requireCount(code.elements(), 16, "codes", code);
        Quantization how = new Quantization(
                format, Packing.CODE4, 0, Optional.of(code), Optional.of(absmax), run, 0, dtype("dtype"));
        tensors.put(weight, new StoredTensor(weight, DType.F32, shape, packed.data(), packed.file(), Optional.of(how)));
        for (String beside : List.of(".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map")) {
            tensors.remove(weight + beside);
        }
        tensors.remove(state.name());
    }

    private StoredTensor nested() {
        StoredTensor numbers = required(part(".absmax"), DType.U8);
        StoredTensor code = required(part(".nested_quant_map"), DType.F32);
        StoredTensor scales = required(part(".nested_absmax"), DType.F32);
        long run = run("nested_blocksize");
        requireCount(code.elements(), 256, "codes", code);
        requireCount(scales.elements(), Math.ceilDiv(numbers.elements(), run), "blocks", scales);
        JsonNode offset = json.path("nested_offset");
        if (!offset.isNumber()) {
            throw wrong("nested_offset", offset, "a number");
        }
        Quantization how = new Quantization(
                "8 bits",
                Packing.CODE8,
                0,
                Optional.of(code),
                Optional.of(scales),
                run,
                offset.floatValue(),
                dtype("nested_dtype"));
        return new StoredTensor(
                numbers.name(), DType.F32, numbers.shape(), numbers.data(), numbers.file(), Optional.of(how));
    }

    private StoredTensor part(String suffix) {
        StoredTensor part = tensors.get(weight + suffix);
        if (part == null) {
            throw new InvalidInputException("%s: tensor '%s%s' is missing, which '%s' needs"
                    .formatted(state.file(), weight, suffix, state.name()));
        }
        return part;
    }

    private static StoredTensor required(StoredTensor tensor, DType dtype) {
        if (tensor.dtype() != dtype) {
            throw new InvalidInputException("%s: tensor '%s' is %s, expected %s"
                    .formatted(tensor.file(), tensor.name(), tensor.dtype(), dtype));
        }
        return tensor;
    }

    private static void requireCount(long found, long expected, String what, StoredTensor tensor) {
        if (found != expected) {
            throw new InvalidInputException("%s: tensor '%s' holds %d %s, expected %d"
                    .formatted(tensor.file(), tensor.name(), found, what, expected));
        }
    }

    private List<Long> shape() {
        List<Long> shape = new ArrayList<>();
        for (JsonNode size : json.path("shape")) {
            if (!size.canConvertToLong() || size.longValue() < 0 || size.longValue() > Integer.MAX_VALUE) {
                throw wrong("shape", json.path("shape"), "sizes up to " + Integer.MAX_VALUE);
            }
            shape.add(size.longValue());
        }
        if (shape.isEmpty() || shape.size() > 2) {
            throw wrong("shape", json.path("shape"), "one or two sizes");
        }
        return shape;
    }

    private long run(String key) {
        JsonNode value = json.path(key);
        if (!value.canConvertToInt() || value.intValue() < 1) {
            throw wrong(key, value, "a positive integer");
        }
        return value.intValue();
    }

    private DType dtype(String key) {
        JsonNode value = json.path(key);
        DType dtype = value.isString() ? DTYPES.get(value.stringValue()) : null;
        if (dtype == null) {
            throw wrong(
                    key, value, "one of " + DTYPES.keySet().stream().sorted().toList());
        }
        return dtype;
    }

    private InvalidInputException wrong(String key, JsonNode value, String expected) {
        return new InvalidInputException("%s: tensor '%s' says %s %s, expected %s"
                .formatted(state.file(), state.name(), key, StrictJson.oneLine(value.toString()), expected));
    }
}
