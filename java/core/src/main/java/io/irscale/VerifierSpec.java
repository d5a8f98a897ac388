package io.irscale;

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

    /** A CLIP in the layout of transformers or of open_clip, or a SigLIP or SigLIP 2 in that of transformers. */
    public record Folder(Path path) implements Source {}

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

    /** A CLIP or SigLIP folder, optimised with weight 1 and named as the folder is. */
    public static VerifierSpec clip(Path folder) {
        return new VerifierSpec(Member.of(name(folder)), new Folder(folder));
    }

    /** A CLIP or SigLIP folder that is held out. */
    public static VerifierSpec heldOut(Path folder) {
        return new VerifierSpec(new Member(name(folder), 1, true), new Folder(folder));
    }

    /** An aesthetic head on a CLIP folder, optimised with weight 1 and named as the head's file is. */
    public static VerifierSpec aesthetic(Path folder, Path head) {
        return new VerifierSpec(
                Member.of(name(head).replaceFirst("\\.(pth|pt|safetensors)$", "")), new Aesthetic(folder, head));
    }

    private static String name(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "clip" : name.toString();
    }
}
