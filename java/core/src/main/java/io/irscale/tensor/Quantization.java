package io.irscale.tensor;

import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.NativeWeights;
import io.irscale.ffi.Struct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * How the values of a quantised tensor come out of its bytes. Value i is decoded(first + i) scales[(first + i) / run] +
 * offset, rounded to {@code rounding}; decoded is the stored number, or code[number].
 *
 * @param format what people call it, such as {@code "nf4"}
 * @param packing how numbers are stored
 * @param first where the tensor begins among the values of the bytes
 * @param code what numbers stand for, 16 or 256 values; for {@link Packing#CODE4} and {@link Packing#CODE8} alone
 * @param scales none for ggml's blocks; they may be quantised themselves
 * @param run how many values share a scale, at least 1
 * @param offset added after the scale
 * @param rounding F16, BF16, or F32 for none
 */
public record Quantization(
        String format,
        Packing packing,
        long first,
        Optional<StoredTensor> code,
        Optional<StoredTensor> scales,
        long run,
        float offset,
        DType rounding) {

    /** Plain numbers times scales. */
    static Quantization scaled(String format, Packing packing, StoredTensor scales, long run) {
        return new Quantization(
                format, packing, 0, Optional.empty(), Optional.of(scales), Math.max(1, run), 0, DType.F32);
    }

    /** Blocks of ggml. */
    public static Quantization blocks(Packing packing) {
        return new Quantization(packing.name(), packing, 0, Optional.empty(), Optional.empty(), 1, 0, DType.F32);
    }

    /** The same for a tensor that begins {@code values} later. */
    Quantization from(long values) {
        return new Quantization(format, packing, first + values, code, scales, run, offset, rounding);
    }

    /** {@code irs_packed} over these bytes, valid as long as {@code arena} and the bytes. */
    MemorySegment struct(Arena arena, MemorySegment data) {
        Struct struct = new Struct(arena, NativeStructs.PACKED)
                .set("data", data)
                .set("bytes", data.byteSize())
                .set("first", first)
                .set("packing", packing.code())
                .set("rounding", rounding.code())
                .set("run", run)
                .set("offset", offset);
        code.ifPresent(table -> struct.set("code", floats(arena, table)).set("code_count", table.elements()));
        scales.ifPresent(list -> struct.set("scales", floats(arena, list)).set("scale_count", list.elements()));
        return struct.memory();
    }

    private static MemorySegment floats(Arena arena, StoredTensor tensor) {
        if (tensor.quantization().isPresent()) {
            return tensor.widened(arena).data();
        }
        long count = tensor.elements();
        MemorySegment floats = arena.allocate(ValueLayout.JAVA_FLOAT, Math.max(1, count));
        for (long i = 0; i < count; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) tensor.value(i));
        }
        return floats;
    }

    /** The first {@code count} values in F32. */
    MemorySegment widen(Arena arena, MemorySegment data, long count) {
        MemorySegment floats = arena.allocate(ValueLayout.JAVA_FLOAT, Math.max(1, count));
        try (Arena call = Arena.ofConfined()) {
            NativeWeights.packedWiden(floats, count, struct(call, data));
        }
        return floats.asSlice(0, count * Float.BYTES);
    }
}
