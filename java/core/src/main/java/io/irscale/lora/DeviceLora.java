package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeLora;
import io.irscale.ffi.NativeObject;
import io.irscale.ffi.NativeTraining;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/** Updates on a device, ready to be merged into a model or added at run time. */
public final class DeviceLora implements AutoCloseable {
    private final NativeObject object;

    /**
     * An empty set.
     *
     * @param device of the model
     * @param dtype of the model, F32 or BF16
     */
    public DeviceLora(Device device, DType dtype) {
        object = NativeObject.create(
                "LoRA", out -> NativeLora.create(out, device.index(), dtype.code()), NativeLora::free);
    }

    private DeviceLora(NativeObject object) {
        this.object = object;
    }

    /**
     * Factors in training, as they are now: made anew for every step.
     *
     * @param factors {@code <module>.lora_A.weight} (rank, in) and {@code <module>.lora_B.weight} (out, rank)
     * @param dtype of the model
     * @param scale alpha / rank
     * @param dropout the share of A's inputs that is left out, in [0, 1), other ones for every seed
     * @throws InvalidInputException if a factor is missing or a value is out of range
     */
    public static DeviceLora inTraining(Parameters factors, DType dtype, double scale, float dropout, long seed) {
        return new DeviceLora(NativeObject.create(
                "LoRA",
                out -> NativeTraining.loraTrain(out, factors.handle(), dtype.code(), scale, dropout, seed),
                NativeLora::free));
    }

    /**
     * Adds the update of one linear layer; the values are copied.
     *
     * @throws InvalidInputException if shapes do not meet, a value is not finite or the layer has an update already,
     *     naming the module
     */
    public void put(LoraUpdate update) {
        MemorySegment lora = object.handle();
        double scale = update.scale();
        try (NativeTensors lent = new NativeTensors()) {
            MemorySegment module = lent.of(update.module());
            switch (update.term()) {
                case LoraTerm.LowRank(var a, var b) -> NativeLora.put(lora, module, lent.of(a), lent.of(b), scale);
                case LoraTerm.Kronecker(var w1, var w2, long first, long rows) ->
                    NativeLora.putKronecker(
                            lora,
                            module,
                            lent.of(w1.left()),
                            lent.of(w1.right()),
                            lent.of(w2.left()),
                            lent.of(w2.right()),
                            first,
                            rows,
                            scale);
                case LoraTerm.Hadamard(var w1a, var w1b, var w2a, var w2b) ->
                    NativeLora.putHadamard(lora, module, lent.of(w1a), lent.of(w1b), lent.of(w2a), lent.of(w2b), scale);
                case LoraTerm.Difference(var weight) -> NativeLora.putDifference(lora, module, lent.of(weight), scale);
            }
            update.magnitude()
                    .ifPresent(magnitude -> NativeLora.setMagnitude(
                            lora,
                            module,
                            lent.of(magnitude.values()),
                            magnitude.byRow() ? 1 : 0,
                            magnitude.rule().code(),
                            magnitude.layers().size(),
                            lent.of(magnitude.layers())));
        }
    }

    /**
     * Adds the update of a bias, or of a norm's weight or bias; the values are copied.
     *
     * @throws InvalidInputException if a value is not finite or the parameter has an update already, naming it
     */
    public void put(VectorUpdate update) {
        try (NativeTensors lent = new NativeTensors()) {
            NativeLora.putVector(
                    object.handle(), lent.of(update.parameter()), lent.of(update.difference()), update.scale());
        }
    }

    /**
     * A LoRA and how strongly it counts.
     *
     * @param scale -100 to 100; 0 leaves it out
     */
    public record Applied(DeviceLora lora, float scale) {}

    /** A LoRA in training that is merged into a model until this closes. */
    public static final class Lent implements AutoCloseable {
        /** For a model without LoRAs. */
        public static final Lent NOTHING = new Lent(() -> {});

        private final Runnable end;

        private Lent(Runnable end) {
            this.end = end;
        }

        /** Merges {@code lora}, which it takes over, by {@code merge}, which an empty list undoes. */
        public static Lent of(DeviceLora lora, Consumer<List<Applied>> merge) {
            try {
                merge.accept(List.of(new Applied(lora, 1)));
            } catch (RuntimeException e) {
                lora.close();
                throw e;
            }
            return new Lent(() -> {
                merge.accept(List.of());
                lora.close();
            });
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /**
     * LoRAs as native arrays.
     *
     * @param count how many
     * @param handles {@code irs_lora *} of each
     * @param scales of each
     */
    public record NativeList(int count, MemorySegment handles, MemorySegment scales) {
        /** Lays out {@code applied} in {@code arena}. */
        public static NativeList of(Arena arena, List<Applied> applied) {
            MemorySegment handles = arena.allocate(ValueLayout.ADDRESS, Math.max(1, applied.size()));
            MemorySegment scales = arena.allocate(ValueLayout.JAVA_FLOAT, Math.max(1, applied.size()));
            for (int i = 0; i < applied.size(); i++) {
                handles.setAtIndex(
                        ValueLayout.ADDRESS, i, applied.get(i).lora().object.handle());
                scales.setAtIndex(ValueLayout.JAVA_FLOAT, i, applied.get(i).scale());
            }
            return new NativeList(applied.size(), handles, scales);
        }
    }

    @Override
    public void close() {
        object.close();
    }
}
