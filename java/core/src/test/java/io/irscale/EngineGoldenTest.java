package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.decode.Image;
import io.irscale.decode.OriginalVae;
import io.irscale.denoise.OriginalFlux;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The reference's images from prompt, seed and settings alone. */
@ExtendWith(NoLeaks.class)
class EngineGoldenTest {
    @TempDir
    Path folder;

    @Test
    void devGivesTheGoldenImages() throws IOException {
        checkAll(GoldenRun.DEV);
    }

    @Test
    void schnellGivesTheGoldenImages() throws IOException {
        Path schnell = GoldenRun.SHARED.resolve("goldens/schnell");
        Assumptions.assumeTrue(Files.isDirectory(schnell), () -> "there are no goldens at " + schnell);
        checkAll(schnell);
    }

    private static void checkAll(Path set) throws IOException {
        try (Engine engine = Engine.open(GoldenRun.options(set))) {
            for (String name : new String[] {"fp32", "fp32-wide", "fp32-cfg"}) {
                GoldenRun run = new GoldenRun(set, name);
                for (int prompt = 0; prompt < run.prompts(); prompt++) {
                    GenerateRequest request = run.request(prompt);
                    run.check(prompt, engine.best(request));
                    // In a batch, behind and before other seeds.
                    long seed = run.seed(prompt);
                    run.check(prompt, image(engine, request.withCandidates(2, seed), seed));
                    run.check(prompt, image(engine, request.withCandidates(3, seed - 2), seed));
                }
            }
        }
    }

    private static Image image(Engine engine, GenerateRequest request, long seed) {
        return Objects.requireNonNull(
                GoldenRun.images(engine, request.withBatch(3)).get(seed));
    }

    @Test
    void theOriginalReleasesFilesGiveTheSameImages() throws IOException {
        EngineOptions options = GoldenRun.options(GoldenRun.DEV);
        Path transformer = folder("transformer").resolve("flux1-test.safetensors");
        Path vae = folder("vae").resolve("ae.safetensors");
        writeOriginals(transformer, vae);
        copyConfig("transformer", transformer);
        copyConfig("vae", vae);
        // A file, and a folder that holds it under diffusers' name.
        Path renamed = folder("folder");
        Files.createLink(renamed.resolve("diffusion_pytorch_model.safetensors"), transformer);
        copyConfig("transformer", renamed.resolve("any"));
        GoldenRun run = new GoldenRun(GoldenRun.DEV, "fp32");
        for (Path path : new Path[] {transformer, renamed}) {
            try (Engine engine = Engine.open(options.withTransformer(path).withVae(vae))) {
                run.check(0, engine.best(run.request(0)));
            }
        }
    }

    @Test
    void theConfigOfAnotherModelBesideAFileDoesNotCount() throws IOException {
        EngineOptions options = GoldenRun.options(GoldenRun.DEV);
        Path transformer = folder.resolve("flux1-test.safetensors");
        Path vae = folder.resolve("ae.safetensors");
        writeOriginals(transformer, vae);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Engine.open(options.withTransformer(transformer)))
                .withMessageStartingWith(transformer + ": has heads of 16")
                .withMessageEndingWith("so a config.json is needed beside it");
        copyConfig("transformer", transformer);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(
                        () -> Engine.open(options.withTransformer(transformer).withVae(vae)))
                .withMessageStartingWith(vae + ": has 4 latent channels")
                .withMessageEndingWith("so a config.json is needed beside it");
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    private static void copyConfig(String part, Path beside) throws IOException {
        Files.copy(
                GoldenRun.DEV.resolve("pipeline").resolve(part).resolve("config.json"),
                beside.resolveSibling("config.json"));
    }

    private static void writeOriginals(Path transformer, Path vae) {
        Path golden = GoldenRun.DEV.resolve("pipeline");
        try (Arena arena = Arena.ofConfined();
                Checkpoint flux = Checkpoint.open(golden.resolve("transformer"), "diffusion_pytorch_model");
                Checkpoint autoencoder = Checkpoint.open(golden.resolve("vae"), "diffusion_pytorch_model")) {
            SafetensorsWriter.write(
                    transformer, OriginalFlux.of(flux, arena, transformer).values(), Map.of());
            SafetensorsWriter.write(vae, OriginalVae.of(autoencoder).values(), Map.of());
        }
        assertThat(transformer).exists();
        assertThat(vae).exists();
    }
}
