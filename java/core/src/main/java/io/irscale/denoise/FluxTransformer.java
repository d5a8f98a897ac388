package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeFlux;
import io.irscale.latent.LatentShape;
import io.irscale.latent.PositionIds;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import io.irscale.tensor.Trace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The FLUX transformer: makes plans and runs forwards (diffusers {@code transformer_flux.py}). */
public final class FluxTransformer implements AutoCloseable {
    private final FluxConfig config;
    private final DType dtype;
    private final LoadedModel model;

    private FluxTransformer(FluxConfig config, DType dtype, LoadedModel model) {
        this.config = config;
        this.dtype = dtype;
        this.model = model;
    }

    /**
     * Loads a diffusers folder ({@code config.json}, {@code diffusion_pytorch_model*.safetensors}) or a single file of
     * the original release ({@code flux1-*.safetensors}), with a {@code config.json} beside it where its sizes are not
     * FLUX.1's.
     *
     * @param dtype F32 or BF16
     * @throws InvalidInputException if files, names, shapes or values are wrong, or the transformer needs an image beside
     *     the noise
     */
    public static FluxTransformer open(Path path, Device device, DType dtype) {
        FluxCheckpoint checkpoint = FluxCheckpoint.open(path);
        try (Arena call = Arena.ofConfined()) {
            FluxVariant.requireDrawsFromText(path, checkpoint.config());
            MemorySegment struct = checkpoint.config().struct(call);
            LoadedModel model = LoadedModel.create(
                    path,
                    checkpoint.tensors().values(),
                    checkpoint,
                    device,
                    dtype,
                    (out, weights) -> NativeFlux.fluxCreate(out, struct, weights),
                    NativeFlux::fluxFree);
            return new FluxTransformer(checkpoint.config(), dtype, model);
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** A model of trainable weights, which must outlive it. */
    public static FluxTransformer of(FluxConfig config, Parameters parameters) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = config.struct(call);
            LoadedModel model = LoadedModel.create(
                    parameters, (out, weights) -> NativeFlux.fluxCreate(out, struct, weights), NativeFlux::fluxFree);
            return new FluxTransformer(config, parameters.dtype(), model);
        }
    }

    /** The sizes. */
    public FluxConfig config() {
        return config;
    }

    /** What it computes in. */
    public DType dtype() {
        return dtype;
    }

    /**
     * Sets every layer, bias and norm to its loaded value plus the given LoRAs, one after another in F32 and rounded once
     * (peft {@code lora/layer.py}, {@code merge}); an empty list restores the loaded values bit for bit. Plans made before
     * keep what they computed: make them anew.
     *
     * @throws InvalidInputException if an update names no layer or does not fit it; the model is then unchanged
     */
    public void merge(List<DeviceLora.Applied> loras) {
        merge(loras, true);
    }

    /** The same for biases and norms alone, with the layers' weights as loaded: for plans that add LoRAs at run time. */
    public void mergeVectors(List<DeviceLora.Applied> loras) {
        merge(loras, false);
    }

    private void merge(List<DeviceLora.Applied> loras, boolean weights) {
        try (Arena arena = Arena.ofConfined()) {
            DeviceLora.NativeList list = DeviceLora.NativeList.of(arena, loras);
            NativeFlux.fluxMerge(model.handle(), list.count(), list.handles(), list.scales(), weights ? 1 : 0);
        }
    }

    /** A copy of the layer's weight, bias or norm that it computes with now, by its dotted name. */
    public Tensor parameter(String parameter) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(parameter);
            // Not the weight itself: that may lie in a mapped file, which closes with the model.
            try (Tensor view = Tensor.create(out -> NativeFlux.fluxParameter(out, model.handle(), name))) {
                return view.copy();
            }
        }
    }

    /** {@link #plan(Tensor, Tensor, float, FlowSchedule, LatentShape, List, Trace)} without LoRAs or trace. */
    public Plan plan(Tensor txt, Tensor vec, float guidance, FlowSchedule schedule, LatentShape shape) {
        return plan(txt, vec, guidance, schedule, shape, List.of(), null);
    }

    /**
     * Computes once what all candidates of a prompt share.
     *
     * @param txt (1, L, joint_dim)
     * @param vec (1, pooled_dim)
     * @param guidance embedded guidance; ignored by models without it
     * @param schedule the steps that forwards may stand at
     * @param loras added at run time to the rows of this plan, so that rows of one batch may differ
     * @param trace records {@code rope.cos}, {@code rope.sin} and {@code temb}; may be null
     */
    public Plan plan(
            Tensor txt,
            Tensor vec,
            float guidance,
            FlowSchedule schedule,
            LatentShape shape,
            List<DeviceLora.Applied> loras,
            @Nullable Trace trace) {
        return plan(txt, vec, guidance, schedule.inputs(dtype), shape, loras, trace);
    }

    /**
     * The plan of a training batch: prompt i at time i, for the velocities of N rows in that order.
     *
     * @param txt (N, L, joint_dim)
     * @param vec (N, pooled_dim)
     * @param sigma N values in [0, 1]
     */
    public Plan plan(
            Tensor txt, Tensor vec, float guidance, float[] sigma, LatentShape shape, List<DeviceLora.Applied> loras) {
        return plan(txt, vec, guidance, sigma, shape, loras, null);
    }

    private Plan plan(
            Tensor txt,
            Tensor vec,
            float guidance,
            float[] timesteps,
            LatentShape shape,
            List<DeviceLora.Applied> loras,
            @Nullable Trace trace) {
        float[] txtIds = PositionIds.txt(Math.toIntExact(txt.size(1)));
        float[] imgIds = PositionIds.img(shape);
        int positions = (txtIds.length + imgIds.length) / 3;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_FLOAT, positions * 3L);
            MemorySegment.copy(txtIds, 0, ids, ValueLayout.JAVA_FLOAT, 0, txtIds.length);
            MemorySegment.copy(
                    imgIds, 0, ids, ValueLayout.JAVA_FLOAT, (long) txtIds.length * Float.BYTES, imgIds.length);
            MemorySegment times = arena.allocateFrom(ValueLayout.JAVA_FLOAT, timesteps);
            DeviceLora.NativeList list = DeviceLora.NativeList.of(arena, loras);
            return new Plan(
                    model,
                    out -> NativeFlux.planCreate(
                            out,
                            model.handle(),
                            txt.handle(),
                            vec.handle(),
                            guidance,
                            timesteps.length,
                            times,
                            positions,
                            ids,
                            list.count(),
                            list.handles(),
                            list.scales(),
                            trace == null ? MemorySegment.NULL : trace.handle()));
        }
    }

    /**
     * One forward over a batch whose rows may stand at different steps and prompts.
     *
     * @param img (N, T, in_channels)
     * @param rows one a candidate; a row with a negative plan costs two forwards, both in the same batch
     * @param trace records every block's output; may be null, needs rows without negatives
     * @return velocity (N, T, out_channels) in {@link #dtype}
     */
    public Tensor velocity(Tensor img, List<Row> rows, @Nullable Trace trace) {
        try (Arena arena = Arena.ofConfined()) {
            NativeRows list = NativeRows.of(arena, rows);
            return Tensor.create(out -> NativeFlux.fluxVelocity(
                    out,
                    model.handle(),
                    img.handle(),
                    list.count(),
                    list.plans(),
                    list.steps(),
                    list.negatives(),
                    list.trueCfg(),
                    trace == null ? MemorySegment.NULL : trace.handle()));
        }
    }

    /**
     * The same, leaving blocks out where little has changed since a row's last step: see {@link Approximation#reuse}. A row
     * decides by itself, whatever its batch.
     *
     * @param last what each row's last step left, null for none
     * @param threshold share of change up to which blocks are left out, 0 or more
     */
    public Reused velocity(Tensor img, List<Row> rows, List<@Nullable Tensor> last, double threshold) {
        try (Arena arena = Arena.ofConfined()) {
            NativeRows list = NativeRows.of(arena, rows);
            MemorySegment before = arena.allocate(ValueLayout.ADDRESS, rows.size());
            for (int i = 0; i < rows.size(); i++) {
                Tensor features = last.get(i);
                before.setAtIndex(ValueLayout.ADDRESS, i, features == null ? MemorySegment.NULL : features.handle());
            }
            MemorySegment after = arena.allocate(ValueLayout.ADDRESS, rows.size());
            MemorySegment reused = arena.allocate(ValueLayout.JAVA_INT, rows.size());
            Tensor velocity = Tensor.create(out -> NativeFlux.fluxVelocityReusing(
                    out,
                    after,
                    reused,
                    model.handle(),
                    img.handle(),
                    list.count(),
                    list.plans(),
                    list.steps(),
                    list.negatives(),
                    list.trueCfg(),
                    before,
                    (float) threshold));
            List<Tensor> features = new ArrayList<>();
            List<Boolean> left = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                features.add(Tensor.adopt(after.asSlice(i * ValueLayout.ADDRESS.byteSize(), ValueLayout.ADDRESS)));
                left.add(reused.getAtIndex(ValueLayout.JAVA_INT, i) != 0);
            }
            return new Reused(velocity, features, left);
        }
    }

    /**
     * Whether the blocks' linear layers multiply in FP8: see {@link Approximation#fp8}.
     *
     * @throws InvalidInputException if the transformer is not in BF16 or not of a width that is a multiple of 16
     */
    public void fp8(boolean on) {
        NativeFlux.fluxFp8(model.handle(), on ? 1 : 0);
    }

    /** For the other packages of irscale: the handle for a native call. */
    public MemorySegment handle() {
        return model.handle();
    }

    @Override
    public void close() {
        model.close();
    }
}
