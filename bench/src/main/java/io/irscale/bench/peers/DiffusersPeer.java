package io.irscale.bench.peers;

import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** diffusers, in a Python process that waits for its turns ({@code bench/peers/diffusers_worker.py}). */
final class DiffusersPeer implements Peer {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final boolean compiled;
    private final Process process;
    private final PrintWriter requests;
    private final BufferedReader answers;
    private final String version;

    DiffusersPeer(String python, Path worker, Device device, boolean compiled) {
        this.compiled = compiled;
        try {
            process = new ProcessBuilder(python, worker.toString(), device.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(python + " does not start", e);
        }
        requests = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        JsonNode hello = answer();
        version = "PyTorch %s, %d threads"
                .formatted(hello.path("torch").asString(), hello.path("threads").asInt());
    }

    /** Its PyTorch. */
    String version() {
        return version;
    }

    @Override
    public String name() {
        return compiled ? "compiled" : "eager";
    }

    @Override
    public boolean does(Work work) {
        return !compiled || work instanceof Work.Step;
    }

    @Override
    public Outcome run(Work work) {
        requests.println(MAPPER.writeValueAsString(request(work)));
        JsonNode answer = answer();
        JsonNode values = answer.path("values");
        List<Float> all = values.valueStream().map(JsonNode::floatValue).toList();
        return new Outcome(answer.path("seconds").asDouble(), all);
    }

    private ObjectNode request(Work work) {
        ObjectNode out = MAPPER.createObjectNode().put("dtype", dtype(work.dtype()));
        return switch (work) {
            case Work.Step step ->
                out.put("work", "step")
                        .put("model", step.model().toString())
                        .put("inputs", step.inputs().toString())
                        .put("batch", step.batch())
                        .put("repeats", Work.Step.REPEATS)
                        .put("dsigma", Work.Step.DSIGMA)
                        .put("compiled", compiled);
            case Work.Search search ->
                out.put("work", "search")
                        .put("model", search.model().toString())
                        .put("verifier", search.verifier().toString())
                        .put("prompt", search.prompt())
                        .put("seed", Work.Search.SEED)
                        .put("candidates", search.candidates())
                        .put("steps", search.steps())
                        .put("size", search.size())
                        .put("tokens", Work.Search.TOKENS)
                        .put("guidance", Work.Search.GUIDANCE);
        };
    }

    private static String dtype(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    private JsonNode answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("the Python process of diffusers ended; run it by hand to see why:"
                        + " python bench/peers/diffusers_worker.py");
            }
            JsonNode answer = MAPPER.readTree(line);
            if (answer.has("error")) {
                throw new IllegalStateException(
                        "diffusers: " + answer.path("error").asString());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        requests.close();
        process.destroy();
    }
}
