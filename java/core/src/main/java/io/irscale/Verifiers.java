package io.irscale;

import io.irscale.tensor.DType;
import io.irscale.text.ClipSource;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.Tokenizers;
import io.irscale.verify.AestheticVerifier;
import io.irscale.verify.ClipVerifier;
import io.irscale.verify.EmbeddingVerifier;
import io.irscale.verify.ImageVerifier;
import io.irscale.verify.Member;
import io.irscale.verify.Panel;
import io.irscale.verify.Preprocessing;
import io.irscale.verify.ProcessVerifier;
import io.irscale.verify.Verifier;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** An engine's verifiers, opened all or none. */
final class Verifiers implements AutoCloseable {
    private final Panel panel;
    private final Optional<ClipVerifier> guide;
    private final int edge;

    private Verifiers(Panel panel, Optional<ClipVerifier> guide, int edge) {
        this.panel = panel;
        this.guide = guide;
        this.edge = edge;
    }

    static Verifiers open(EngineOptions options, Tokenizers tokenizers) {
        return new Opening(options, tokenizers).open();
    }

    /** All of them; closing this closes the panel. */
    Panel panel() {
        return panel;
    }

    /** The verifier whose gradient can guide: the only one that is optimised, if it is a CLIP. */
    Optional<ClipVerifier> guide() {
        return guide;
    }

    /** Images with no edge below this lose nothing by being smaller. */
    int edge() {
        return edge;
    }

    @Override
    public void close() {
        panel.close();
    }

    /** Verifiers on the way to a panel. */
    private static final class Opening {
        private final EngineOptions options;
        private final Tokenizers tokenizers;
        private final Panel.Builder panel = new Panel.Builder();
        private final Deque<Runnable> closers = new ArrayDeque<>();
        private Optional<ClipVerifier> guide = Optional.empty();
        private int edge;

        Opening(EngineOptions options, Tokenizers tokenizers) {
            this.options = options;
            this.tokenizers = tokenizers;
        }

        Verifiers open() {
            try {
                options.verifiers().forEach(this::add);
                long optimised = options.verifiers().stream()
                        .filter(spec -> !spec.member().heldOut())
                        .count();
                return new Verifiers(
                        panel.build(options.ensemble()::of), optimised == 1 ? guide : Optional.empty(), edge);
            } catch (RuntimeException e) {
                closers.forEach(Runnable::run);
                throw e;
            }
        }

        private void add(VerifierSpec spec) {
            Member member = spec.member();
            switch (spec.source()) {
                case VerifierSpec.Folder folder -> {
                    EmbeddingVerifier model = model(folder.clip());
                    add(member, model, model.preprocessing());
                    if (model instanceof ClipVerifier clip && !member.heldOut()) {
                        guide = Optional.of(clip);
                    }
                }
                case VerifierSpec.Aesthetic aesthetic -> {
                    AestheticVerifier verifier = AestheticVerifier.open(
                            model(ClipSource.of(aesthetic.folder())), aesthetic.head(), options.device());
                    add(member, verifier, verifier.preprocessing());
                }
                case VerifierSpec.OfTensors own ->
                    panel.add(member, unknown(member, own(own.maker().get())));
                case VerifierSpec.OfImages own ->
                    panel.add(member, unknown(member, own(own.maker().get())));
                case VerifierSpec.Command command ->
                    panel.add(
                            member,
                            unknown(
                                    member,
                                    own(ProcessVerifier.start(member.name(), command.words(), command.patience()))));
            }
        }

        private void add(Member member, Verifier verifier, Preprocessing preprocessing) {
            panel.add(member, own(verifier));
            if (!member.heldOut()) {
                edge = Math.max(edge, preprocessing.fullEdge());
            }
        }

        // What it looks at is not known: it gets previews at full size, if it gets any.
        private <T> T unknown(Member member, T verifier) {
            if (!member.heldOut()) {
                edge = Integer.MAX_VALUE;
            }
            return verifier;
        }

        private <T extends Verifier> T own(T verifier) {
            closers.push(verifier::close);
            return verifier;
        }

        private ImageVerifier own(ImageVerifier verifier) {
            closers.push(verifier::close);
            return verifier;
        }

        // A verifier is small; off the GPU it computes in F32, where its scores are exact.
        private EmbeddingVerifier model(ClipSource source) {
            DType dtype = options.device().isCpu() ? DType.F32 : options.dtype();
            return EmbeddingVerifier.open(source, this::clipTokenizer, options.device(), dtype);
        }

        // A CLIP without a vocabulary beside it shares the text encoder's: it is the same in every release.
        private Path clipTokenizer(ClipSource source) {
            return ClipTokenizer.isIn(source.folder()) ? source.folder() : tokenizers.clip();
        }
    }
}
