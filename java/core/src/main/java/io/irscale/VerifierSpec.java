package io.irscale;

import io.irscale.text.ClipSource;
import io.irscale.verify.ImageVerifier;
import io.irscale.verify.Member;
import io.irscale.verify.Verifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A verifier that an engine shall score with.
 *
 * @param member its name, its weight, and whether it is held out: reported, but never optimised
 * @param source where it comes from
 */
public record VerifierSpec(Member member, Source source) {
    /** Where a verifier comes from. */
    public sealed interface Source {}

    /**
     * A CLIP in the layout of transformers or of open_clip, a folder or one file; or a SigLIP or SigLIP 2, a folder in the
     * layout of transformers.
     */
    public record Folder(ClipSource clip) implements Source {
        /** With a configuration. */
        public Folder(Path path) {
            this(ClipSource.of(path));
        }

        /** The folder or file. */
        public Path path() {
            return clip.path();
        }
    }

    /**
     * A head that tells how an image pleases, such as LAION's; see {@link io.irscale.feature.AestheticHead}.
     *
     * @param folder the CLIP on whose image embeddings it was trained, as for {@link Folder}
     * @param head its {@code .pth} or {@code .safetensors}
     */
    public record Aesthetic(Path folder, Path head) implements Source {}

    /**
     * A process of the user's, asked over its standard input and output; see {@link io.irscale.verify.ProcessVerifier}.
     *
     * @param words program and arguments
     * @param patience how long it may take for an answer
     */
    public record Command(List<String> words, Duration patience) implements Source {}

    /** Java code of the user's that looks at images in host memory; made once, closed with the engine. */
    public record OfImages(Supplier<ImageVerifier> maker) implements Source {}

    /** Java code of the user's that looks at tensors; made, called and closed on the device thread. */
    public record OfTensors(Supplier<Verifier> maker) implements Source {}

    /** A CLIP or SigLIP with a configuration, optimised with weight 1 and named as its folder or file is. */
    public static VerifierSpec clip(Path path) {
        return clip(ClipSource.of(path));
    }

    /** Any CLIP, optimised with weight 1 and named as its folder or file is. */
    public static VerifierSpec clip(ClipSource clip) {
        return new VerifierSpec(Member.of(name(clip.path())), new Folder(clip));
    }

    /** A CLIP or SigLIP with a configuration that is held out. */
    public static VerifierSpec heldOut(Path path) {
        return new VerifierSpec(new Member(name(path), 1, true), new Folder(path));
    }

    /** An aesthetic head on a CLIP folder, optimised with weight 1 and named as the head's file is. */
    public static VerifierSpec aesthetic(Path folder, Path head) {
        return new VerifierSpec(
                Member.of(name(head).replaceFirst("\\.(pth|pt|safetensors)$", "")), new Aesthetic(folder, head));
    }

    private static String name(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? "clip" : name.toString();
    }
}
