package io.irscale.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A user's command for {@link ProcessVerifierTest}: its one argument says how it behaves, or misbehaves. */
final class JudgeProcess {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final List<JsonNode> BATCH = new ArrayList<>();

    private JudgeProcess() {}

    static List<String> command(String behaviour) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                JudgeProcess.class.getName(),
                behaviour);
    }

    public static void main(String[] args) throws Exception {
        String behaviour = args[0];
        System.err.println("judge of kind " + behaviour);
        System.err.println();
        switch (behaviour) {
            case "sleep", "deaf" -> Thread.sleep(Long.MAX_VALUE);
            case "chatty" -> System.err.println("x".repeat(1 << 20) + "\nlast words");
            case "parent" -> new ProcessBuilder(command("sleep")).start();
            default -> {}
        }
        read(behaviour);
        if (behaviour.equals("stubborn")) {
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private static void read(String behaviour) throws IOException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode request = new JsonMapper().readTree(line);
            if (request.has("batch")) {
                if (request.get("batch").intValue() != BATCH.size()) {
                    throw new IOException("a batch of " + BATCH.size() + " ended with " + line);
                }
                answer(behaviour);
                BATCH.clear();
            } else if (behaviour.equals("eager")) {
                BATCH.add(request);
                reply(request, Double.toString(score(request)));
            } else {
                BATCH.add(request);
            }
        }
    }

    private static void answer(String behaviour) throws InterruptedException {
        JsonNode first = BATCH.getFirst();
        switch (behaviour) {
            case "eager" -> {}
            case "silent" -> Thread.sleep(Long.MAX_VALUE);
            case "exit" -> {
                System.err.println("out of memory");
                System.exit(3);
            }
            case "exit half" -> {
                reply(first, "1");
                System.exit(0);
            }
            case "half" -> reply(first, "1");
            case "log" -> OUT.println("Loading\tthe model...");
            case "array" -> OUT.println("[7, 0.5]");
            case "no score" -> OUT.println("{\"id\": 7}");
            case "long" -> OUT.println("{\"id\": 7, \"score\": " + "1".repeat(1 << 20));
            case "null", "NaN", "Infinity", "1e99", "\"high\"", "true" -> reply(first, behaviour);
            case "twice" -> {
                reply(first, "1");
                reply(first, "1");
            }
            case "unknown" -> OUT.println("{\"id\": 99, \"score\": 1}");
            case "late" -> {
                answerAll();
                reply(first, "1");
            }
            case "once" -> {
                answerAll();
                System.exit(0);
            }
            default -> answerAll();
        }
    }

    private static void answerAll() {
        BATCH.reversed().forEach(request -> reply(request, Double.toString(score(request))));
    }

    private static void reply(JsonNode request, String score) {
        OUT.printf(
                Locale.ROOT,
                "{\"score\": %s, \"why\": \"é\", \"id\": %d}%n",
                score,
                request.get("id").intValue());
    }

    /** The mean of the bytes over 255, plus the length of the prompt and a thousandth of the width. */
    private static double score(JsonNode request) {
        byte[] rgb = request.get("rgb8").binaryValue();
        int width = request.get("width").intValue();
        if (rgb.length != 3 * width * request.get("height").intValue()) {
            return -1;
        }
        double sum = 0;
        for (byte value : rgb) {
            sum += value & 0xff;
        }
        return sum / rgb.length / 255 + request.get("prompt").stringValue().length() + width / 1000.0;
    }
}
