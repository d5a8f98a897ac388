package io.irscale.latent;

import io.irscale.ffi.NativeLatents;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Starting noise, one seed a candidate: the same whatever the batch, thread or order. Equal to
 * {@code torch.randn((1, C, H, W), generator=torch.Generator("cpu").manual_seed(seed))}, packed; as there, only the low
 * 32 bits of a seed count.
 */
public final class Noise {
    private Noise() {}

    /** Packed noise (N, T, 4 C) for {@code seeds}, drawn in F32 and then converted. */
    public static Tensor packed(long[] seeds, LatentShape shape, Device device, DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            long row = (long) shape.elements() * Float.BYTES;
            MemorySegment values = arena.allocate(row * seeds.length, Float.BYTES);
            for (int i = 0; i < seeds.length; i++) {
                NativeLatents.noiseFill(values.asSlice(i * row, row), shape.elements(), seeds[i]);
            }
            try (Tensor latents = Tensor.wrap(
                            values, DType.F32, seeds.length, shape.channels(), shape.height(), shape.width());
                    Tensor packed = pack(latents)) {
                return packed.to(device, dtype);
            }
        }
    }

    /** Latents (N, C, H, W) to packed ones (N, T, 4 C). */
    public static Tensor pack(Tensor latents) {
        return Tensor.create(out -> NativeLatents.pack(out, latents.handle()));
    }

    /** Packed latents (N, T, 4 C) to (N, C, H, W). */
    public static Tensor unpack(Tensor packed, LatentShape shape) {
        return Tensor.create(out -> NativeLatents.unpack(out, packed.handle(), shape.height(), shape.width()));
    }
}
