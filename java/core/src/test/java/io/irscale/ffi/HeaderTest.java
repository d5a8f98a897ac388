package io.irscale.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.tensor.DType;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Java signatures and layouts against {@code irscale.h} and what it includes, both ways. */
class HeaderTest {
    private static final Path ROOT = Path.of(System.getProperty("irscale.root", "../.."));
    private static final Pattern FUNCTION =
            Pattern.compile("([a-z][a-z0-9_ ]*[ *]+)(irs_[a-z0-9_]+)\\s*\\(([^)]*)\\)\\s*;");
    private static final Pattern STRUCT = Pattern.compile("typedef struct (irs_\\w+) \\{([^}]*)}");
    private static final Pattern FIELD = Pattern.compile("((?:const )?\\w+ \\*?)(\\w+)(?:\\[(\\d+)])?;");
    private static final Pattern NUMBER = Pattern.compile("#define (IRS_\\w+) \\(?(-?\\d+)\\)?");

    private final String header = Files.readString(ROOT.resolve("native/include/irscale.h"))
            + Files.readString(ROOT.resolve("native/include/irscale_weights.h"))
            + Files.readString(ROOT.resolve("native/include/irscale_lora.h"))
            + Files.readString(ROOT.resolve("native/include/irscale_flux.h"))
            + Files.readString(ROOT.resolve("native/include/irscale_siglip.h"))
            + Files.readString(ROOT.resolve("native/include/irscale_features.h"))
            + Files.readString(ROOT.resolve("native/include/irscale_train.h"));
    private final String code = header.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^#.*$", "");

    HeaderTest() throws IOException {}

    @Test
    void everyFunctionIsBoundWithItsWidths() throws Exception {
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/irscale/ffi"))) {
            for (Path source : sources.toList()) {
                String name = source.getFileName().toString().replace(".java", "");
                if (name.startsWith("Native")) {
                    Class.forName("io.irscale.ffi." + name); // binds what it declares
                }
            }
        }
        Map<String, FunctionDescriptor> declared = new TreeMap<>();
        Matcher matcher = FUNCTION.matcher(code);
        while (matcher.find()) {
            MemoryLayout[] arguments = Arrays.stream(matcher.group(3).split(","))
                    .map(String::strip)
                    .filter(argument -> !argument.equals("void"))
                    .map(HeaderTest::layout)
                    .toArray(MemoryLayout[]::new);
            String result = matcher.group(1).strip();
            declared.put(
                    matcher.group(2),
                    result.equals("void")
                            ? FunctionDescriptor.ofVoid(arguments)
                            : FunctionDescriptor.of(layout(result), arguments));
        }
        assertThat(declared).hasSizeGreaterThan(40);
        assertThat(new TreeMap<>(NativeLibrary.bound())).isEqualTo(declared);
    }

    @Test
    void everyStructIsLaidOutAsTheCompilerDoes() {
        Map<String, String> java = Map.of(
                "irs_clip_config", describe(NativeStructs.CLIP_CONFIG),
                "irs_siglip_config", describe(NativeStructs.SIGLIP_CONFIG),
                "irs_clip_preprocessing", describe(NativeStructs.CLIP_PREPROCESSING),
                "irs_t5_config", describe(NativeStructs.T5_CONFIG),
                "irs_flux_config", describe(NativeStructs.FLUX_CONFIG),
                "irs_vae_config", describe(NativeStructs.VAE_CONFIG),
                "irs_adamw_settings", describe(NativeStructs.ADAMW_SETTINGS),
                "irs_dinov2_config", describe(NativeStructs.DINOV2_CONFIG),
                "irs_packed", describe(NativeStructs.PACKED));
        Map<String, String> c = new TreeMap<>();
        Matcher matcher = STRUCT.matcher(code);
        while (matcher.find()) {
            c.put(matcher.group(1), describe(matcher.group(2)));
        }
        assertThat(c).isEqualTo(new TreeMap<>(java));
    }

    @Test
    void dtypesCarryTheSameNumbers() {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        Matcher matcher = NUMBER.matcher(header);
        while (matcher.find()) {
            numbers.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        assertThat(numbers).containsEntry("IRS_ABI_VERSION", 1).containsEntry("IRS_CPU", -1);
        numbers.keySet().removeIf(name -> !name.startsWith("IRS_DTYPE_"));
        assertThat(numbers)
                .hasSize(DType.values().length)
                .allSatisfy((name, code) -> assertThat(DType.ofCode(code))
                        .isEqualTo(DType.valueOf(name.replace("IRS_DTYPE_", "").toUpperCase(Locale.ROOT))));
    }

    /** name type[count] @offset of every field by C's rules: a field stands at a multiple of its element's size. */
    private static String describe(String fields) {
        List<String> out = new ArrayList<>();
        long offset = 0;
        long widest = 1;
        Matcher matcher = FIELD.matcher(fields);
        while (matcher.find()) {
            MemoryLayout element = layout(matcher.group(1));
            long count = matcher.group(3) == null ? 1 : Long.parseLong(matcher.group(3));
            offset = up(offset, element.byteSize());
            widest = Math.max(widest, element.byteSize());
            out.add("%s %s[%d] @%d".formatted(matcher.group(2), element, count, offset));
            offset += element.byteSize() * count;
        }
        return out + " = " + up(offset, widest);
    }

    private static String describe(StructLayout struct) {
        List<String> out = new ArrayList<>();
        long offset = 0;
        for (MemoryLayout member : struct.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                MemoryLayout element = member instanceof SequenceLayout array ? array.elementLayout() : member;
                long count = member instanceof SequenceLayout array ? array.elementCount() : 1;
                out.add("%s %s[%d] @%d".formatted(member.name().orElseThrow(), element.withoutName(), count, offset));
            }
            offset += member.byteSize();
        }
        return out + " = " + struct.byteSize();
    }

    private static long up(long offset, long alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }

    /** A C type, with or without the name of what has it. */
    private static MemoryLayout layout(String declaration) {
        if (declaration.contains("*")) {
            return ValueLayout.ADDRESS;
        }
        return switch (declaration.replaceFirst("^const ", "").split(" ", 2)[0]) {
            case "int32_t", "irs_status" -> ValueLayout.JAVA_INT;
            case "int64_t", "uint64_t" -> ValueLayout.JAVA_LONG;
            case "float" -> ValueLayout.JAVA_FLOAT;
            case "double" -> ValueLayout.JAVA_DOUBLE;
            default -> throw new IllegalArgumentException(declaration);
        };
    }
}
