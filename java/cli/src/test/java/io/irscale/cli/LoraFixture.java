package io.irscale.cli;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** LoRA files made for a test, or made of a golden one. */
final class LoraFixture {
    static final Path A = Cli.GOLDENS.resolve("lora-a/pytorch_lora_weights.safetensors");
    static final Path B = Cli.GOLDENS.resolve("lora-b/pytorch_lora_weights.safetensors");
    /** What the golden LoRAs have as alpha / rank, by their metadata. */
    static final double A_SCALE = 2;

    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

    /** A copy of golden LoRA a without its metadata, so of scale 1. */
    static LoraFixture ofA() {
        LoraFixture fixture = new LoraFixture();
        try (Checkpoint checkpoint = Checkpoint.open(A)) {
            checkpoint.tensors().forEach((name, tensor) -> fixture.put(name, floats(tensor), shape(tensor)));
        }
        return fixture;
    }

    LoraFixture put(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        tensors.put(
                name,
                new StoredTensor(
                        name,
                        DType.F32,
                        Arrays.stream(shape).boxed().toList(),
                        MemorySegment.ofArray(bytes.array()),
                        Path.of(name)));
        return this;
    }

    /** The same values everywhere. */
    LoraFixture fill(String name, float value, long... shape) {
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        Arrays.fill(values, value);
        return put(name, values, shape);
    }

    StoredTensor take(String name) {
        StoredTensor taken = tensors.remove(name);
        if (taken == null) {
            throw new IllegalArgumentException(name);
        }
        return taken;
    }

    Path write(Path file) {
        SafetensorsWriter.write(file, tensors.values(), Map.of());
        return file;
    }

    static float[] floats(StoredTensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.data().byteSize() / Float.BYTES)];
        tensor.data()
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    static long[] shape(StoredTensor tensor) {
        return tensor.shape().stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Golden LoRA a as kohya would write it: original names with underscores, attention's three layers fused into one
     * of three times the rank with a block-diagonal B, norm_out's halves swapped, alpha by tensor.
     */
    static LoraFixture kohyaOfA() {
        LoraFixture from = ofA();
        LoraFixture to = new LoraFixture();
        for (int i = 0; i < 2; i++) {
            String double0 = "transformer.transformer_blocks." + i + ".";
            String kohya = "lora_unet_double_blocks_" + i + "_";
            from.fuse(to, kohya + "img_attn_qkv", double0 + "attn.", List.of("to_q", "to_k", "to_v"));
            from.fuse(to, kohya + "txt_attn_qkv", double0 + "attn.", List.of("add_q_proj", "add_k_proj", "add_v_proj"));
            from.move(to, kohya + "img_attn_proj", double0 + "attn.to_out.0");
            from.move(to, kohya + "txt_attn_proj", double0 + "attn.to_add_out");
            from.move(to, kohya + "img_mlp_0", double0 + "ff.net.0.proj");
            from.move(to, kohya + "img_mlp_2", double0 + "ff.net.2");
            from.move(to, kohya + "txt_mlp_0", double0 + "ff_context.net.0.proj");
            from.move(to, kohya + "txt_mlp_2", double0 + "ff_context.net.2");
            from.move(to, kohya + "img_mod_lin", double0 + "norm1.linear");
            from.move(to, kohya + "txt_mod_lin", double0 + "norm1_context.linear");
            String single = "transformer.single_transformer_blocks." + i + ".";
            String short0 = "lora_unet_single_blocks_" + i + "_";
            from.fuse(to, short0 + "linear1", single, List.of("attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp"));
            from.move(to, short0 + "linear2", single + "proj_out");
            from.move(to, short0 + "modulation_lin", single + "norm.linear");
        }
        from.move(to, "lora_unet_img_in", "transformer.x_embedder");
        from.move(to, "lora_unet_txt_in", "transformer.context_embedder");
        from.move(to, "lora_unet_final_layer_linear", "transformer.proj_out");
        String norm = "lora_unet_final_layer_adaLN_modulation_1";
        from.move(to, norm, "transformer.norm_out.linear");
        StoredTensor b = to.take(norm + ".lora_up.weight");
        float[] values = floats(b);
        float[] swapped = new float[values.length];
        System.arraycopy(values, values.length / 2, swapped, 0, values.length / 2);
        System.arraycopy(values, 0, swapped, values.length / 2, values.length / 2);
        to.put(b.name(), swapped, shape(b));
        return to;
    }

    private void move(LoraFixture to, String name, String module) {
        StoredTensor a = take(module + ".lora_A.weight");
        StoredTensor b = take(module + ".lora_B.weight");
        to.factors(name, floats(a), floats(b), Math.toIntExact(a.shape().getFirst()));
    }

    private void fuse(LoraFixture to, String name, String parent, List<String> modules) {
        List<StoredTensor> a = modules.stream()
                .map(module -> take(parent + module + ".lora_A.weight"))
                .toList();
        List<StoredTensor> b = modules.stream()
                .map(module -> take(parent + module + ".lora_B.weight"))
                .toList();
        int rank = Math.toIntExact(a.getFirst().shape().getFirst());
        int all = rank * modules.size();
        int rows = b.stream()
                .mapToInt(part -> Math.toIntExact(part.shape().getFirst()))
                .sum();
        int in = Math.toIntExact(a.getFirst().shape().get(1));
        float[] down = new float[all * in];
        float[] up = new float[rows * all];
        int row = 0;
        for (int part = 0; part < modules.size(); part++) {
            System.arraycopy(floats(a.get(part)), 0, down, part * rank * in, rank * in);
            float[] own = floats(b.get(part));
            for (int i = 0; i < own.length; i++) {
                up[(row + i / rank) * all + part * rank + i % rank] = own[i];
            }
            row += own.length / rank;
        }
        to.factors(name, down, up, all);
    }

    private void factors(String name, float[] down, float[] up, int rank) {
        put(name + ".lora_down.weight", down, rank, down.length / rank);
        put(name + ".lora_up.weight", up, up.length / rank, rank);
        put(name + ".alpha", new float[] {(float) (A_SCALE * rank)});
    }
}
