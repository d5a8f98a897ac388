package io.irscale.cli.parity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.tensor.DType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single stages on goldens that were tampered with; two engines serve them all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParityStagesTest {
    private final Map<DType, Engine> engines = new EnumMap<>(DType.class);

    @TempDir
    private Path parent;

    @BeforeAll
    void open() {
        GoldenCopy.assumeTokenizers();
        EngineOptions options =
                EngineOptions.of(GoldenCopy.GOLDENS.resolve("dev/pipeline")).withTokenizers(GoldenCopy.TOKENIZERS);
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            engines.put(dtype, Engine.open(options.in(dtype)));
        }
    }

    @AfterAll
    void close() {
        engines.values().forEach(Engine::close);
    }

    /** The fraction of the largest value is twice the tolerance; 0 is the smallest step of the dtype. */
    @ParameterizedTest(name = "{0}/{1} by {2}")
    @CsvSource({
        "token_ids,        clip_ids,                 0,    clip_ids",
        "token_ids,        t5_ids,                   0,    t5_ids",
        "text,             clip.last_hidden,         2e-5, clip.last_hidden",
        "text,             t5.last_hidden,           6e-5, t5.last_hidden",
        "transformer-fp64, in.timestep,              0,    in.timestep",
        "transformer-fp64, in.guidance,              0,    in.guidance",
        "transformer-fp64, temb,                     1e-5, temb",
        "transformer-fp64, rope.sin,                 1e-5, rope.sin",
        "transformer-fp64, double.0.img,             1e-5, double.0.img",
        "transformer-fp64, single.1.txt,             1e-5, single.1.txt",
        "transformer-fp64, out,                      1e-5, out",
        "vae,              image,                    1e-2, moments.mean",
        "vae,              moments.logvar,           2e-5, moments.logvar",
        "vae,              decoded,                  2e-5, decoded",
        "clip,             images_u8,                0,    pixel_values_tensor_path",
        "clip,             pixel_values,             1e-2, image_embeds",
        "clip,             text_ids,                 0,    text_ids",
        "clip,             logits_per_image,         2e-5, logits_per_image",
        "scheduler,        sigmas.n28.l1024,         0,    sigmas.n28.l1024",
        "scheduler,        sigmas.schnell.n4,        0,    sigmas.schnell.n4",
        "lora,             base,                     2e-5, base (merged)",
        "lora,             a-0.7+b-1.3,              2e-5, a-0.7+b-1.3 (run time)",
        "lora,             merged.norm_out.linear,   2e-5, merged.norm_out.linear",
        "run-fp32,         sigmas,                   0,    sigmas",
        "run-fp32,         timestep_in.2,            0,    timestep_in.2",
        "run-fp32,         img_ids,                  0,    img_ids",
        "run-fp32,         latents.init,             0,    latents.init",
        "run-fp32,         prompt_embeds,            6e-5, prompt_embeds",
        "run-fp32,         latents.3,                2e-4, latents.3 (whole run)",
        "run-fp32,         image,                    2e-4, image",
        "run-fp32,         image_u8,                 0,    image_u8 (of image)",
        "run-fp32-wide,    txt_ids,                  0,    txt_ids",
        "run-fp32-cfg,     noise_pred.5,             2e-5, noise_pred.5",
        "run-fp32-cfg,     latents.1,                2e-6, latents.1 (one step)",
        "run-bf16,         latents.init,             0,    latents.init",
        "run-bf16,         timestep_in.1,            0,    timestep_in.1",
        "run-bf16,         image_u8,                 0,    image_u8 (of image)"
    })
    void oneChangedNumberFails(String file, String tensor, double fraction, String failing) throws IOException {
        try (GoldenCopy copy = GoldenCopy.in(parent)) {
            copy.change(file, tensor, fraction);
            Report report = check(copy, file);
            assertThat(report.passed()).isFalse();
            assertThat(table(report)).containsPattern("\n" + file + " +" + Pattern.quote(failing) + " .*FAIL");
        }
    }

    @ParameterizedTest
    @CsvSource({"transformer-fp64, rope.cos", "vae, latent", "clip, text_embeds", "run-bf16, noise_pred.1"})
    void nanFails(String file, String tensor) throws IOException {
        try (GoldenCopy copy = GoldenCopy.in(parent)) {
            copy.change(file, tensor, Double.NaN);
            assertThat(table(check(copy, file)))
                    .containsPattern(file + " +" + tensor + " +NaN .*FAIL: a value is not finite");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "token_ids, t5_ids",
        "transformer-fp64, double.1.txt",
        "vae, image",
        "clip, pixel_values",
        "run-fp32, pooled",
        "run-fp32-cfg, noise_pred.3",
        "scheduler, timesteps.n4.l24"
    })
    void removedTensorIsMissing(String file, String tensor) throws IOException {
        try (GoldenCopy copy = GoldenCopy.in(parent)) {
            copy.remove(file, tensor);
            Report report = check(copy, file);
            assertThat(report.passed()).isFalse();
            assertThat(report.count(Verdict.MISSING)).isEqualTo(1);
            assertThat(table(report)).containsPattern(file + " +" + tensor + " .*MISSING");
        }
    }

    @ParameterizedTest
    @CsvSource({"text, clip.pooled", "run-fp32, latents.3", "vae, latent", "scheduler, sigmas.n1.l24"})
    void addedTensorIsUnknown(String file, String tensor) throws IOException {
        try (GoldenCopy copy = GoldenCopy.in(parent)) {
            copy.duplicate(file, tensor, "latents.extra");
            Report report = check(copy, file);
            assertThat(report.count(Verdict.FAIL)).isEqualTo(1);
            assertThat(table(report)).containsPattern(file + " +latents.extra .*FAIL: unknown tensor");
        }
    }

    @Test
    void changedIdOfAnAwkwardPromptFails() throws IOException {
        try (GoldenCopy copy = GoldenCopy.in(parent)) {
            Path file = parent.resolve(TokenizerStage.FILE);
            String text = Files.readString(file, StandardCharsets.UTF_8);
            Files.delete(file);
            // The first prompt's first word in T5.
            Files.writeString(file, text.replaceFirst("\"t5_128\": \\[46,", "\"t5_128\": [47,"));
            assertThat(table(check(copy, "tokenizers")))
                    .containsPattern("tokenizers +t5_128\\[0] .*FAIL")
                    .containsPattern("tokenizers +clip_77 \\(30 prompts\\) .*pass");
        }
    }

    private Report check(GoldenCopy copy, String stage) {
        try (GoldenFolder goldens = new GoldenFolder(copy.folder())) {
            Parity parity = new Parity(goldens);
            Stage one = parity.stages().stream()
                    .filter(some -> some.name().equals(stage))
                    .findFirst()
                    .orElseThrow();
            parity.run(List.of(one), requireNonNull(engines.get(one.dtype())));
            return parity.report();
        }
    }

    private static String table(Report report) {
        StringWriter text = new StringWriter();
        ParityTable.print(report, new PrintWriter(text));
        return text.toString();
    }
}
