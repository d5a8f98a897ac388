package io.irscale.lora;

import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A published file's keys and shapes, filled with BF16 values that are told apart by key, row and column: every tensor is
 * cut from one random tape at a place of its own. Names and updates are worked out here without the code under test.
 */
final class PublishedLora {
    private static final int TAPE = 1 << 20;
    private static final short[] VALUES = new short[TAPE];
    private static final ByteBuffer BYTES = ByteBuffer.allocate(2 * TAPE).order(ByteOrder.LITTLE_ENDIAN);

    /** In kohya's files q, k, v and MLP are rows of one layer: the part, then how many widths of rows come before it. */
    private static final Map<String, String> FUSED = Map.ofEntries(
            Map.entry("attn.to_q", "img_attn.qkv 0"),
            Map.entry("attn.to_k", "img_attn.qkv 1"),
            Map.entry("attn.to_v", "img_attn.qkv 2"),
            Map.entry("attn.add_q_proj", "txt_attn.qkv 0"),
            Map.entry("attn.add_k_proj", "txt_attn.qkv 1"),
            Map.entry("attn.add_v_proj", "txt_attn.qkv 2"),
            Map.entry("attn.to_out.0", "img_attn.proj 0"),
            Map.entry("attn.to_add_out", "txt_attn.proj 0"),
            Map.entry("ff.net.0.proj", "img_mlp.0 0"),
            Map.entry("ff.net.2", "img_mlp.2 0"),
            Map.entry("ff_context.net.0.proj", "txt_mlp.0 0"),
            Map.entry("ff_context.net.2", "txt_mlp.2 0"),
            Map.entry("norm1.linear", "img_mod.lin 0"),
            Map.entry("norm1_context.linear", "txt_mod.lin 0"),
            Map.entry("single attn.to_q", "linear1 0"),
            Map.entry("single attn.to_k", "linear1 1"),
            Map.entry("single attn.to_v", "linear1 2"),
            Map.entry("single proj_mlp", "linear1 3"),
            Map.entry("single proj_out", "linear2 0"),
            Map.entry("single norm.linear", "modulation.lin 0"));

    private static final Map<String, String> XLABS = Map.of(
            "img_attn.qkv", "processor.qkv_lora1",
            "txt_attn.qkv", "processor.qkv_lora2",
            "img_attn.proj", "processor.proj_lora1",
            "txt_attn.proj", "processor.proj_lora2");

    static {
        Random random = new Random(5);
        for (int i = 0; i < TAPE; i++) {
            VALUES[i] = (short) (Float.floatToIntBits((float) random.nextGaussian()) >>> 16);
            BYTES.putShort(VALUES[i]);
        }
    }

    private final Map<String, List<Integer>> shapes;

    private PublishedLora(Map<String, List<Integer>> shapes) {
        this.shapes = shapes;
    }

    static PublishedLora read(String listing) throws IOException {
        Path path = Path.of("src", "test", "goldens", "lora_keys", listing + ".json.gz");
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            JsonMapper.shared()
                    .readTree(in)
                    .forEachEntry((key, shape) -> shapes.put(
                            key, shape.valueStream().map(JsonNode::intValue).toList()));
        }
        return new PublishedLora(shapes);
    }

    /** @param values whether to write them, or leave a hole of zeros */
    Path write(Path file, boolean values) throws IOException {
        StringBuilder header = new StringBuilder("{");
        long at = 0;
        for (String key : shapes.keySet()) {
            long end = at + 2L * elements(key);
            header.append(header.length() == 1 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(key, shapes.get(key), at, end));
            at = end;
        }
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            write(
                    channel,
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(text.length)
                            .flip());
            write(channel, ByteBuffer.wrap(text));
            if (values) {
                for (String key : shapes.keySet()) {
                    writeTape(channel, start(key), elements(key));
                }
            } else {
                channel.write(ByteBuffer.allocate(1), channel.position() + at - 1);
            }
        }
        return file;
    }

    private static void writeTape(FileChannel channel, int start, int elements) throws IOException {
        int from = start;
        for (int left = elements; left > 0; ) {
            int count = Math.min(left, TAPE - from);
            write(channel, BYTES.slice(2 * from, 2 * count));
            left -= count;
            from = 0;
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private int elements(String key) {
        return shape(key).stream().reduce(1, Math::multiplyExact);
    }

    private static int start(String key) {
        return Math.floorMod(key.hashCode() * 0x9E3779B1, TAPE);
    }

    private static double value(String key, long index) {
        return bfloat(VALUES[(int) ((start(key) + index) % TAPE)]);
    }

    private static double bfloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static double bfloat(StoredTensor tensor, long index) {
        return bfloat(tensor.data().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
    }

    /** Element of alpha / rank B A for a layer by its name in diffusers or transformers. */
    double expected(String module, long row, long column) {
        String underscored = module.replace('.', '_');
        Optional<String> whole =
                find("transformer." + module, "base_model.model." + module, "lora_te1_text_model_" + underscored);
        if (whole.isPresent()) {
            return product(whole.get(), row, column);
        }
        String[] words = module.split("\\.", 3);
        boolean single = words[0].equals("single_transformer_blocks");
        String fused = Objects.requireNonNull(FUSED.get((single ? "single " : "") + words[2]), module);
        String part = fused.substring(0, fused.indexOf(' '));
        int widths = Integer.parseInt(fused.substring(fused.indexOf(' ') + 1));
        String block = (single ? "single_blocks." : "double_blocks.") + words[1] + ".";
        String name = find(
                        "diffusion_model." + block + part,
                        "lora_unet_" + (block + part).replace('.', '_'),
                        block + XLABS.get(part))
                .orElseThrow();
        return product(name, 3072L * widths + row, column);
    }

    private double product(String name, long row, long column) {
        String a = find(name + ".lora_A.weight", name + ".lora_down.weight", name + ".down.weight")
                .orElseThrow();
        String b = find(name + ".lora_B.weight", name + ".lora_up.weight", name + ".up.weight")
                .orElseThrow();
        int rank = shape(a).getFirst();
        int in = shape(a).getLast();
        double sum = 0;
        for (int k = 0; k < rank; k++) {
            sum += value(b, row * rank + k) * value(a, (long) k * in + column);
        }
        return shapes.containsKey(name + ".alpha") ? value(name + ".alpha", 0) / rank * sum : sum;
    }

    /** The first of the names that the file has a tensor under. */
    private Optional<String> find(String... names) {
        return Arrays.stream(names)
                .filter(name ->
                        shapes.keySet().stream().anyMatch(key -> key.equals(name) || key.startsWith(name + ".")))
                .findFirst();
    }

    private List<Integer> shape(String key) {
        return Objects.requireNonNull(shapes.get(key), key);
    }
}
