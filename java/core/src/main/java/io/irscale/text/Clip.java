package io.irscale.text;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeClip;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.SavedWeights;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A CLIP model (transformers {@code modeling_clip.py}, open_clip {@code model.py}): FLUX's text encoder, or both towers with projections for a
 * verifier.
 */
public final class Clip implements AutoCloseable {
    private final ClipConfig config;
    private final ClipLayout layout;
    private final DType dtype;
    private final LoadedModel model;

    private Clip(ClipConfig config, ClipLayout layout, DType dtype, LoadedModel model) {
        this.config = config;
        this.layout = layout;
        this.dtype = dtype;
        this.model = model;
    }

    /** {@link #open(ClipSource, Device, DType)} of a folder or file with a configuration. */
    public static Clip open(Path path, Device device, DType dtype) {
        return open(ClipSource.of(path), device, dtype);
    }

    /**
     * Loads a folder of transformers ({@code config.json} and {@code model*.safetensors}) or of open_clip ({@code
     * open_clip_config.json} and {@code open_clip_model.safetensors}), or one file of either; where a folder has weights
     * of both, transformers', and where it has no safetensors, {@code pytorch_model.bin} or {@code
     * open_clip_pytorch_model.bin}. Without a configuration the sizes are those of the tensors, and the activation has to
     * be asked for.
     *
     * @param dtype F32 or BF16
     * @throws InvalidInputException if files, names, shapes or values are wrong, open_clip's configuration asks for
     *     towers that irscale lacks, or nothing tells the activation
     */
    public static Clip open(ClipSource source, Device device, DType dtype) {
        ClipCheckpoint checkpoint = ClipCheckpoint.open(source);
        return open(source, checkpoint, checkpoint.config(), device, dtype);
    }

    /**
     * Loads a text encoder, from what {@link #open} takes: of a whole CLIP its text tower. OpenAI's ViT-L/14, which
     * FLUX has, needs no configuration.
     *
     * @param dtype F32 or BF16
     * @throws InvalidInputException as {@link #open} does
     */
    public static Clip openText(Path path, Device device, DType dtype) {
        ClipSource source = ClipSource.of(path);
        ClipCheckpoint checkpoint = ClipCheckpoint.open(source);
        return open(source, checkpoint, checkpoint.config().ofText(), device, dtype);
    }

    private static Clip open(
            ClipSource source, ClipCheckpoint checkpoint, ClipConfig config, Device device, DType dtype) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = config.struct(call);
            LoadedModel model = LoadedModel.create(
                    source.path(),
                    checkpoint.tensors().values(),
                    checkpoint,
                    device,
                    dtype,
                    (out, weights) -> NativeClip.create(out, struct, weights),
                    NativeClip::free);
            return new Clip(config, checkpoint.layout(), dtype, model);
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** The weights of what {@link #open} takes, under the names that they have in their files; the caller closes them. */
    public static SavedWeights weights(Path path) {
        return ClipCheckpoint.weights(path);
    }

    /** A model of trainable weights, which must outlive it, with transformers' preprocessing. */
    public static Clip of(ClipConfig config, Parameters parameters) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = config.struct(call);
            LoadedModel model = LoadedModel.create(
                    parameters, (out, weights) -> NativeClip.create(out, struct, weights), NativeClip::free);
            return new Clip(config, ClipLayout.TRANSFORMERS, parameters.dtype(), model);
        }
    }

    /** The sizes. */
    public ClipConfig config() {
        return config;
    }

    /** What it computes in. */
    public DType dtype() {
        return dtype;
    }

    /** The linear layers that LoRAs may change: {@code encoder.} of the text tower, {@code vision_model.} of the image tower. */
    public List<String> modules() {
        List<String> names = new ArrayList<>();
        add(names, "", config.text());
        config.image().ifPresent(tower -> add(names, "vision_model.", tower));
        return names;
    }

    private static void add(List<String> names, String prefix, ClipConfig.Tower tower) {
        for (int i = 0; i < tower.layers(); i++) {
            for (String layer : List.of(
                    "self_attn.q_proj",
                    "self_attn.k_proj",
                    "self_attn.v_proj",
                    "self_attn.out_proj",
                    "mlp.fc1",
                    "mlp.fc2")) {
                names.add(prefix + "encoder.layers." + i + "." + layer);
            }
        }
    }

    /** The layout it was read from: each comes with its own preprocessing of texts and images. */
    public ClipLayout layout() {
        return layout;
    }

    /**
     * Text features.
     *
     * @param hidden (n, tokens, width), after the final norm
     * @param pooled (n, width), at the end token
     */
    public record TextFeatures(Tensor hidden, Tensor pooled) implements AutoCloseable {
        @Override
        public void close() {
            hidden.close();
            pooled.close();
        }
    }

    /** Encodes prompts of equal length; ids below the vocabulary's size. */
    public TextFeatures encodeText(List<TokenIds> prompts) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment hidden = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment pooled = arena.allocate(ValueLayout.ADDRESS);
            TokenBatch batch = TokenBatch.of(arena, prompts);
            NativeClip.encodeText(hidden, pooled, model.handle(), batch.rows(), batch.tokens(), batch.ids());
            return new TextFeatures(Tensor.adopt(hidden), Tensor.adopt(pooled));
        }
    }

    /** Projected text embeddings (n, projection) of unit length. */
    public Tensor embedText(List<TokenIds> prompts) {
        try (Arena arena = Arena.ofConfined()) {
            TokenBatch batch = TokenBatch.of(arena, prompts);
            return Tensor.create(
                    out -> NativeClip.embedText(out, model.handle(), batch.rows(), batch.tokens(), batch.ids()));
        }
    }

    /** Projected image embeddings (N, projection) of unit length, of preprocessed (N, 3, size, size). */
    public Tensor embedImage(Tensor pixels) {
        return Tensor.create(out -> NativeClip.embedImage(out, model.handle(), pixels.handle()));
    }

    /**
     * exp(logit_scale): a logit is this times the cosine.
     *
     * @throws InvalidInputException if the weights have none
     */
    public double logitScale() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_DOUBLE);
            NativeClip.logitScale(out, model.handle());
            return out.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    /** Cosines (N, M) in F32 of unit-length embeddings (N, d) and (M, d). */
    public static Tensor cosine(Tensor a, Tensor b) {
        return Tensor.create(out -> NativeClip.cosine(out, a.handle(), b.handle()));
    }

    /** Sets both towers to their loaded weights plus the given LoRAs; an empty list restores them bit for bit. */
    public void merge(List<DeviceLora.Applied> loras) {
        try (Arena arena = Arena.ofConfined()) {
            DeviceLora.NativeList list = DeviceLora.NativeList.of(arena, loras);
            NativeClip.merge(model.handle(), list.count(), list.handles(), list.scales());
        }
    }

    /** A copy of a layer's weight, bias or norm that it computes with now, by its dotted name as in {@link #modules}. */
    public Tensor parameter(String parameter) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(parameter);
            // Not the weight itself: that may lie in a mapped file, which closes with the model.
            try (Tensor view = Tensor.create(out -> NativeClip.parameter(out, model.handle(), name))) {
                return view.copy();
            }
        }
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
