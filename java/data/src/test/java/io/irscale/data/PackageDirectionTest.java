package io.irscale.data;

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

/** Packages of this module know only those that stand before them. */
class PackageDirectionTest {
    private static final Path SOURCES = Path.of("src/main/java/io/irscale/data");
    private static final List<String> ORDER = List.of("image", "", "shard", "layout");
    private static final Pattern NAME = Pattern.compile("\\bio\\.irscale\\.data\\.(?:([a-z]\\w*)\\.)?[A-Z]");

    @Test
    void noPackageUsesALaterOne() throws IOException {
        List<String> wrong = new ArrayList<>();
        int uses = 0;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Path folder = SOURCES.relativize(file).getParent();
                String own = folder == null ? "" : folder.toString();
                assertThat(ORDER).contains(own);
                // Javadoc may point to what comes later.
                Matcher names = NAME.matcher(Files.readString(file).replaceAll("\\{@link [^}]*}", ""));
                while (names.find()) {
                    String used = names.group(1) == null ? "" : names.group(1);
                    uses++;
                    if (ORDER.indexOf(used) > ORDER.indexOf(own)) {
                        wrong.add(file + " uses " + names.group());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(uses).isGreaterThan(50);
    }
}
