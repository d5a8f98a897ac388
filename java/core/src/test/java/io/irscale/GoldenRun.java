package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.decode.Image;
import io.irscale.search.Scored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A golden set's run: the requests that its manifest describes, and the images they must give. */
final class GoldenRun {
    static final Path SHARED = Path.of(System.getProperty("irscale.shared", "../../../shared"));
    static final Path DEV = GoldenTensors.GOLDENS.resolve("dev");

    private final JsonNode manifest;
    private final JsonNode run;
    private final GoldenTensors tensors;

    GoldenRun(Path set, String name) throws IOException {
        manifest = new JsonMapper().readTree(set.resolve("manifest.json"));
        run = manifest.required("runs").required(name);
        tensors = new GoldenTensors(set.resolve("run-" + name + ".safetensors"));
    }

    /** Options for a golden pipeline with its verifier; FLUX's own vocabularies must be there. */
    static EngineOptions options(Path set) {
        Path tokenizers = SHARED.resolve("tokenizers");
        Assumptions.assumeTrue(Files.isDirectory(tokenizers), () -> "FLUX's vocabularies are not at " + tokenizers);
        return EngineOptions.of(set.resolve("pipeline"))
                .withVerifier(set.resolve("clip"))
                .withTokenizers(tokenizers);
    }

    int prompts() {
        return manifest.required("prompts").size();
    }

    long seed(int prompt) {
        return manifest.required("seeds").get(prompt).longValue();
    }

    GenerateRequest request(int prompt) {
        GenerateRequest request = GenerateRequest.of(
                        manifest.required("prompts").get(prompt).stringValue())
                .withCandidates(1, seed(prompt))
                .withGuidance(manifest.required("guidance_scale").floatValue())
                .withMaxSequenceLength(manifest.required("max_sequence_length").intValue())
                .withSteps(run.required("steps").intValue())
                .withSize(
                        run.required("height").intValue(), run.required("width").intValue());
        return run.has("true_cfg_scale")
                ? request.withTrueCfg(
                        run.required("true_cfg_scale").floatValue(),
                        run.required("negative_prompts").get(prompt).stringValue())
                : request;
    }

    /** Fails unless the image is the golden one within 1 of 255. */
    void check(int prompt, Image image) {
        byte[] actual = image.rgb8();
        ByteBuffer golden = tensors.bytes("image_u8");
        assertThat(golden.capacity()).isEqualTo(prompts() * actual.length);
        int worst = 0;
        for (int i = 0; i < actual.length; i++) {
            int expected = golden.get(prompt * actual.length + i) & 0xff;
            worst = Math.max(worst, Math.abs((actual[i] & 0xff) - expected));
        }
        assertThat(worst).as("largest difference of an 8-bit value").isLessThanOrEqualTo(1);
    }

    /** All images of a request by the candidate's seed. */
    static Map<Long, Image> images(Engine engine, GenerateRequest request) {
        Map<Long, Image> images = new TreeMap<>();
        engine.generate(request, new GenerationListener() {
            @Override
            public void finished(Scored scored, Image image) {
                images.put(scored.candidate().seed(), image);
            }
        });
        return images;
    }
}
