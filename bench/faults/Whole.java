import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells what is wrong with the files of a folder, a line each, and then a dot. Asked by lines of words with tabs between:
 *
 * <ul>
 *   <li>{@code state FOLDER [BEFORE]}: {@code torn FILE} is not whole, {@code left FILE} is a temporary one, {@code lost
 *       FILE} was in BEFORE
 *   <li>{@code same FOLDER REFERENCE [EXCEPT]}: {@code differs FILE}, {@code missing FILE}, {@code more FILE}; times do not
 *       count, nor files that EXCEPT names, a list with commas
 * </ul>
 */
final class Whole {
    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] END = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82};

    private Whole() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split("\t");
            if (words[0].equals("state")) {
                state(Path.of(words[1]), words.length > 2 ? names(Path.of(words[2])) : new TreeSet<>());
            } else {
                same(Path.of(words[1]), Path.of(words[2]), words.length > 3 ? words[3] : "");
            }
            System.out.println(".");
        }
    }

    private static void state(Path folder, TreeSet<String> before) throws IOException {
        TreeSet<String> names = names(folder);
        for (String name : names) {
            if (isTemporary(name)) {
                System.out.println("left " + name);
            } else if (!isWhole(folder.resolve(name))) {
                System.out.println("torn " + name);
            }
        }
        before.removeAll(names);
        before.stream().filter(name -> !isTemporary(name)).forEach(name -> System.out.println("lost " + name));
    }

    private static void same(Path folder, Path reference, String except) throws IOException {
        TreeSet<String> all = names(folder);
        all.addAll(names(reference));
        all.removeAll(List.of(except.split(",")));
        for (String name : all) {
            if (isTemporary(name)) {
                continue;
            }
            if (!Files.exists(folder.resolve(name))) {
                System.out.println("missing " + name);
            } else if (!Files.exists(reference.resolve(name))) {
                System.out.println("more " + name);
            } else if (!isSame(folder.resolve(name), reference.resolve(name))) {
                System.out.println("differs " + name);
            }
        }
    }

    private static TreeSet<String> names(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return new TreeSet<>();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return new TreeSet<>(files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList());
        }
    }

    private static boolean isTemporary(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return last.equals(".irscale.lock") || last.startsWith(".irscale-") && last.endsWith(".tmp");
    }

    private static boolean isWhole(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String name = file.getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1);
        try {
            return switch (ending) {
                case "png" -> endsWith(bytes, END) && ImageIO.read(new ByteArrayInputStream(bytes)) != null;
                case "json" -> JSON.readTree(bytes).isContainer();
                // Its last line may be cut by a kill: that is what readers of such logs expect.
                case "jsonl" -> isLines(new String(bytes, StandardCharsets.UTF_8));
                case "html" -> new String(bytes, StandardCharsets.UTF_8).strip().endsWith("</html>");
                case "safetensors" -> isSafetensors(bytes);
                default -> true;
            };
        } catch (RuntimeException | IOException e) {
            return false;
        }
    }

    private static boolean endsWith(byte[] bytes, byte[] end) {
        return bytes.length >= end.length
                && Arrays.equals(bytes, bytes.length - end.length, bytes.length, end, 0, end.length);
    }

    private static boolean isLines(String text) {
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        return whole.lines().allMatch(line -> JSON.readTree(line).isObject());
    }

    private static boolean isSafetensors(byte[] bytes) {
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long[] end = {0};
        JSON.readTree(bytes, 8, Math.toIntExact(header)).forEachEntry((_, tensor) -> {
            if (tensor.has("data_offsets")) {
                end[0] = Math.max(end[0], tensor.path("data_offsets").path(1).asLong());
            }
        });
        return bytes.length == 8 + header + end[0];
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        if (Files.mismatch(one, other) < 0) {
            return true;
        }
        if (!one.toString().endsWith(".json")) {
            return false;
        }
        try {
            return timeless(JSON.readTree(one)).equals(timeless(JSON.readTree(other)));
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Without fields of times, and without the one that tells of a cache. */
    private static JsonNode timeless(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.propertyNames().stream()
                    .filter(name -> name.endsWith("_ms")
                            || name.contains("seconds")
                            || name.equals("real_from_statistics"))
                    .toList()
                    .forEach(object::remove);
        }
        node.forEach(Whole::timeless);
        return node;
    }
}
