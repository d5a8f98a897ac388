package io.irscale.cli;

import io.irscale.Ensemble;
import io.irscale.VerifierSpec;
import io.irscale.error.InvalidInputException;
import io.irscale.text.ClipActivation;
import io.irscale.text.ClipSource;
import io.irscale.verify.MeanRank;
import io.irscale.verify.Member;
import io.irscale.verify.ProcessVerifier;
import io.irscale.verify.WeightedSum;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who scores the images, and how one value is made of several scores. */
public final class VerifierOptions {
    @Option(
            names = "--verifier",
            paramLabel = "[NAME=]PATH[#ACT|#HEAD]",
            description = {
                "CLIP (cosine) or SigLIP (probability) that scores the images, a folder or one file; without a verifier they"
                        + " are not ranked. Several are added up. The name is for reports; default: the path's. Default:"
                        + " the model's own, if it has one.",
                "ACT for CLIP weights without a configuration: quick-gelu (OpenAI's and trained from it) or gelu.",
                "HEAD, a file or one in the folder, rates how an image pleases by its embedding, whatever the prompt, such"
                        + " as LAION's: aesthetic=clip-vit-large-patch14#sac+logos+ava1-l14-linearMSE.pth"
            })
    private List<String> folders = List.of();

    @Option(
            names = "--verifier-command",
            paramLabel = "[NAME=]CMD",
            description = {
                "Program that scores the images, with its arguments in one string; no shell is involved.",
                ProcessVerifier.PROTOCOL
            })
    private List<String> commands = List.of();

    @Option(
            names = "--verifier-timeout",
            paramLabel = "TIME",
            converter = Converters.OfDuration.class,
            description = "How long --verifier-command may be silent, such as 90s or 5min. Default: 60s.")
    private Optional<Duration> timeout = Optional.empty();

    @Option(
            names = "--held-out",
            paramLabel = "[NAME=]PATH[#ACT|#HEAD]",
            description =
                    "The same for finished images and the report only: what is optimised can be fooled, what is held"
                            + " out cannot, least one of another family.")
    private List<String> heldOut = List.of();

    @Option(
            names = "--weight",
            paramLabel = "NAME=W",
            description = "A verifier's weight in the sum of scores. Default: 1 each.")
    private Map<String, Double> weights = new LinkedHashMap<>();

    @Option(
            names = "--ensemble",
            paramLabel = "HOW",
            converter = Converters.OfEnsemble.class,
            defaultValue = "sum",
            description = "How several scores become one: sum, weighted; or mean-rank, the mean share of the other"
                    + " candidates that one beats, whatever the scales. Default: ${DEFAULT-VALUE}.")
    private Ensemble ensemble = Ensemble.SUM;

    /** How one value is made of several scores. */
    Ensemble ensemble() {
        return ensemble;
    }

    /**
     * The verifiers, those that are optimised first.
     *
     * @param models the model's own, for when no other is named
     * @throws InvalidInputException if a folder is not there, or names and weights do not fit together
     */
    public List<VerifierSpec> specs(Optional<Path> models) {
        List<String> folders = models.isPresent() && this.folders.isEmpty() && commands.isEmpty()
                ? List.of(models.get().toString())
                : this.folders;
        if (timeout.isPresent() && commands.isEmpty()) {
            throw new InvalidInputException("--verifier-timeout has no effect without --verifier-command CMD");
        }
        if (!heldOut.isEmpty() && folders.isEmpty() && commands.isEmpty()) {
            throw new InvalidInputException("--held-out " + heldOut.getFirst()
                    + ": there is nothing to compare it with; add --verifier DIR or --verifier-command CMD");
        }
        List<VerifierSpec> specs = new ArrayList<>();
        folders.forEach(text -> specs.add(folder("--verifier", text, false)));
        commands.forEach(text -> specs.add(command(text)));
        heldOut.forEach(text -> specs.add(folder("--held-out", text, true)));
        requireNames(specs);
        requireObjective(specs.stream().map(VerifierSpec::member).toList());
        return specs;
    }

    /** The folder or the command, for reports. */
    static String source(VerifierSpec verifier) {
        return switch (verifier.source()) {
            case VerifierSpec.Folder folder -> folder.clip().toString();
            case VerifierSpec.Aesthetic aesthetic -> aesthetic.folder() + "#" + aesthetic.head();
            case VerifierSpec.Command command -> String.join(" ", command.words());
            case VerifierSpec.OfImages _, VerifierSpec.OfTensors _ ->
                verifier.member().name();
        };
    }

    private VerifierSpec folder(String option, String text, boolean held) {
        int hash = text.lastIndexOf('#');
        boolean unnamed = Files.exists(Path.of(text)) || (hash > 0 && Files.exists(Path.of(text.substring(0, hash))));
        Named named = unnamed ? new Named(Optional.empty(), text) : Named.parse(text);
        VerifierSpec spec = source(option, named.rest());
        return new VerifierSpec(member(named.name().orElse(spec.member().name()), held), spec.source());
    }

    private static VerifierSpec source(String option, String text) {
        int hash = text.lastIndexOf('#');
        boolean whole = hash <= 0 || Files.exists(Path.of(text));
        if (whole || ClipActivation.named(text.substring(hash + 1)).isPresent()) {
            ClipSource source = ClipSource.parse(text);
            there(option, source.path());
            return VerifierSpec.clip(source);
        }
        Path folder = there(option, Path.of(text.substring(0, hash)));
        Path head = Path.of(text.substring(hash + 1));
        Path inside = folder.resolve(head);
        return VerifierSpec.aesthetic(folder, Files.exists(inside) ? inside : there(option, head));
    }

    private static Path there(String option, Path path) {
        if (Files.notExists(path)) {
            throw new InvalidInputException(option + " " + path + ": is not there");
        }
        return path;
    }

    private VerifierSpec command(String text) {
        Named named = Named.parse(text);
        List<String> words = Words.split("--verifier-command", named.rest());
        return new VerifierSpec(
                member(named.name().orElse("command"), false),
                new VerifierSpec.Command(words, timeout.orElse(ProcessVerifier.PATIENCE)));
    }

    private Member member(String name, boolean held) {
        return new Member(name, held ? 1 : weights.getOrDefault(name, 1.0), held);
    }

    private void requireNames(List<VerifierSpec> specs) {
        List<String> names = specs.stream().map(spec -> spec.member().name()).toList();
        for (String name : names) {
            if (names.indexOf(name) != names.lastIndexOf(name)) {
                throw new InvalidInputException(
                        "verifier %s: the name is taken twice; give another, such as other=DIR".formatted(name));
            }
        }
        List<String> optimised = specs.stream()
                .map(VerifierSpec::member)
                .filter(member -> !member.heldOut())
                .map(Member::name)
                .toList();
        for (String name : weights.keySet()) {
            if (!optimised.contains(name)) {
                throw new InvalidInputException("--weight %s: there is no such verifier to optimise, expected one of %s"
                        .formatted(name, optimised.isEmpty() ? "none" : String.join(", ", optimised)));
            }
        }
    }

    // The engine does the same once everything is loaded.
    private void requireObjective(List<Member> members) {
        switch (ensemble) {
            case SUM -> new WeightedSum(members);
            case MEAN_RANK -> new MeanRank(members);
        }
    }
}
