package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages know only those that stand before them. */
class PackageDirectionTest {
    private static final Path SOURCES = Path.of("src/main/java/io/irscale");
    private static final List<String> ORDER = List.of(
            "error",
            "file",
            "ffi",
            "tensor",
            "lora",
            "text",
            "latent",
            "denoise",
            "solver",
            "decode",
            "feature",
            "verify",
            "classify",
            "autograd",
            "search",
            "strategy",
            "report",
            "",
            "inspect");
    // Imports, and names written out in full.
    private static final Pattern NAME = Pattern.compile("\\bio\\.irscale\\.(?:([a-z]\\w*)\\.)?[A-Z]");

    @Test
    void everyPackageHasAPlace() throws IOException {
        try (Stream<Path> entries = Files.list(SOURCES)) {
            assertThat(entries.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            ORDER.stream().filter(name -> !name.isEmpty()).toList());
        }
    }

    @Test
    void noPackageUsesALaterOne() throws IOException {
        List<String> wrong = new ArrayList<>();
        int uses = 0;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Path folder = SOURCES.relativize(file).getParent();
                String own = folder == null ? "" : folder.toString();
                Matcher matcher = NAME.matcher(Files.readString(file));
                while (matcher.find()) {
                    String used = matcher.group(1) == null ? "" : matcher.group(1);
                    uses++;
                    if (ORDER.indexOf(used) > ORDER.indexOf(own)) {
                        wrong.add(file + " uses " + matcher.group());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(uses).isGreaterThan(100);
    }
}
