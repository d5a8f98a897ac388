package io.irscale.cli.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.Diagnostics;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole command on the committed goldens. */
class ParityCommandTest {
    /** Compared through what is computed from them. */
    private static final Set<String> INPUTS = Set.of("vae/image", "clip/images_u8");

    @TempDir
    private Path parent;

    private final StringWriter out = new StringWriter();

    @Test
    void everyCommittedGoldenPasses() throws IOException {
        GoldenCopy.assumeTokenizers();
        Path json = parent.resolve("parity.json");
        long before = Diagnostics.liveObjects();

        assertThat(parity(GoldenCopy.GOLDENS.resolve("dev"), "--json", json.toString()))
                .withFailMessage(out::toString)
                .isZero();

        assertThat(Diagnostics.liveObjects()).isEqualTo(before);
        JsonNode report = new JsonMapper().readTree(Files.readAllBytes(json));
        assertThat(report.required("failed").intValue()).isZero();
        assertThat(report.required("missing").intValue()).isZero();
        assertThat(out.toString()).contains(report.required("passed").intValue() + " passed, 0 failed, 0 missing");
        Set<String> compared = report.required("comparisons")
                .valueStream()
                .map(line -> line.required("stage").stringValue() + "/"
                        + line.required("tensor").stringValue().replaceFirst(" \\(.*", ""))
                .collect(Collectors.toSet());
        compared.addAll(INPUTS);
        assertThat(compared).containsAll(everyTensor());
    }

    private static List<String> everyTensor() {
        List<String> names = new ArrayList<>();
        try (GoldenFolder goldens = new GoldenFolder(GoldenCopy.GOLDENS.resolve("dev"))) {
            for (String name : goldens.names()) {
                try (Checkpoint file = Checkpoint.open(goldens.path(name + ".safetensors"))) {
                    file.tensors().keySet().forEach(tensor -> names.add(name + "/" + tensor));
                }
            }
        }
        assertThat(names).hasSizeGreaterThan(100);
        return names;
    }

    @Test
    void aChangedNumberExitsWith1AndIsNamed() throws IOException {
        GoldenCopy.assumeTokenizers();
        try (GoldenCopy copy = GoldenCopy.in(parent)) {
            copy.keepRun("fp32");
            copy.change("vae", "moments.logvar", 2e-5);
            assertThat(parity(copy.folder())).isEqualTo(1);
            assertThat(out.toString())
                    .containsPattern("vae +moments.logvar .*FAIL")
                    .contains(" passed, 1 failed, 0 missing")
                    .contains("run-bf16.safetensors: ignored, no stage reads it");
        }
    }

    @Test
    void aDeletedFileExitsWith1AndIsMissing() throws IOException {
        GoldenCopy.assumeTokenizers();
        try (GoldenCopy copy = GoldenCopy.in(parent)) {
            copy.keepRun("fp32");
            copy.delete("clip.safetensors");
            assertThat(parity(copy.folder())).isEqualTo(1);
            assertThat(out.toString())
                    .containsPattern("clip +\\(whole file\\) .*MISSING")
                    .contains(" passed, 0 failed, 1 missing");
        }
    }

    @Test
    void aFolderThatHoldsNoGoldensIsBadInputInOneLine() {
        assertThatThrownBy(() -> parity(parent))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(parent.resolve("manifest.json") + " is missing")
                .message()
                .hasLineCount(1);
    }

    @Test
    void aBrokenManifestIsBadInputInOneLine() throws IOException {
        Files.writeString(parent.resolve("manifest.json"), "{\"prompts\": [1,\n2]}");
        assertThatThrownBy(() -> parity(parent))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("manifest.json: is no golden manifest")
                .message()
                .hasLineCount(1);
    }

    private int parity(Path folder, String... more) {
        ParityCommand command = new ParityCommand();
        List<String> arguments =
                new ArrayList<>(List.of(folder.toString(), "--tokenizers", GoldenCopy.TOKENIZERS.toString()));
        arguments.addAll(List.of(more));
        new CommandLine(command).setOut(new PrintWriter(out)).parseArgs(arguments.toArray(String[]::new));
        return command.call();
    }
}
