package io.irscale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The CPU, as Linux describes it.
 *
 * @param name the product's, or "unknown"
 * @param features those of {@link #FEATURES} that it has
 */
public record Processor(String name, List<String> features) {
    /** What libtorch's matrix products gain from, the last two for bf16; on what they find there their rounding depends. */
    public static final List<String> FEATURES = List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16");

    private static final Path INFO = Path.of("/proc/cpuinfo");

    /** This machine's; empty where Linux's description cannot be read. */
    public static Optional<Processor> here() {
        try {
            return Optional.of(of(Files.readAllLines(INFO)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** {@code info}: the lines of Linux's cpuinfo. */
    public static Processor of(List<String> info) {
        Set<String> flags = Set.copyOf(Arrays.asList(value(info, "flags").split(" ")));
        return new Processor(
                value(info, "model name"),
                FEATURES.stream().filter(flags::contains).toList());
    }

    private static String value(List<String> info, String key) {
        return info.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("unknown");
    }
}
