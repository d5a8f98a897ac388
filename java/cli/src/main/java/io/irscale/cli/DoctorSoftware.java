package io.irscale.cli;

import io.irscale.Diagnostics;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.T5Tokenizer;
import io.irscale.text.Tokenizers;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code doctor} says of Java, the libraries and a model's tokenizers. */
final class DoctorSoftware {
    // Earlier builds of 25 can move memory that native code is using (JDK-8377811).
    private static final Runtime.Version OLDEST_JDK = Runtime.Version.parse("25.0.3");

    private DoctorSoftware() {}

    static Finding jdk(Runtime.Version version) {
        String text =
                "%s, %s, %s".formatted(version, System.getProperty("java.vendor"), System.getProperty("java.home"));
        return version.compareToIgnoreOptional(OLDEST_JDK) >= 0
                ? Finding.ok("JDK", text)
                : Finding.missing(
                        "JDK", text + "; at least " + OLDEST_JDK + " is needed: install it or point JAVA_HOME to it");
    }

    static Finding nativeLibrary() {
        return Finding.of("native library", () -> Diagnostics.nativeLibrary().toString());
    }

    static Finding torch(Optional<Path> folder) {
        return Finding.of("libtorch", () -> {
            Diagnostics.Torch torch = Diagnostics.torch(folder);
            return "%s, %s build, %d threads, %s"
                    .formatted(torch.version(), torch.cuda() ? "CUDA" : "CPU", torch.threads(), torch.path());
        });
    }

    static Finding tokenizers(Path model) {
        Finding finding = Finding.of("tokenizers", () -> {
            Tokenizers found = Tokenizers.find(model);
            ClipTokenizer.open(found.clip()).close();
            T5Tokenizer.open(found.t5()).close();
            return found.clip() + ", " + found.t5();
        });
        return finding.isMissing()
                ? Finding.missing(finding.name(), finding.text() + "; name another folder with generate --tokenizers")
                : finding;
    }
}
