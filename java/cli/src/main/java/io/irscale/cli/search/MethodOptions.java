package io.irscale.cli.search;

import io.irscale.Guidance;
import io.irscale.VerifierSpec;
import io.irscale.error.InvalidInputException;
import io.irscale.solver.VpGrid;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What all strategies share: noise levels, guidance by the verifier's gradient, previews. */
final class MethodOptions {
    @Option(
            names = "--grid",
            paramLabel = "GRID",
            defaultValue = "flow",
            description = "Noise levels of the steps: flow, the model's own; or vp, those of the variance-preserving"
                    + " interpolant (arXiv 2503.19385), which the model's own follow below. Default: ${DEFAULT-VALUE}.")
    private String grid = "flow";

    @Option(
            names = "--guide-weight",
            paramLabel = "W",
            description = "Guide by the verifier's gradient, above 0 and up to 100; needs a single CLIP verifier.")
    private Optional<Double> weight = Optional.empty();

    @Option(
            names = "--guide-form",
            paramLabel = "FORM",
            description = {
                "cheap: the gradient at the preview, no forwards more;",
                "full: through the transformer, which counts as two forwards more. Default: cheap."
            })
    private Optional<String> form = Optional.empty();

    @Option(
            names = "--preview-size",
            paramLabel = "FACTOR",
            description = "How much smaller previews are decoded: 1, 2 or 4. Default: as much as the verifiers allow.")
    private Optional<Integer> preview = Optional.empty();

    /** Empty for the model's own levels. */
    Optional<VpGrid> grid(int steps) {
        return switch (grid) {
            case "flow" -> Optional.empty();
            case "vp" -> Optional.of(VpGrid.of(steps));
            default -> throw new InvalidInputException("--grid is '%s', expected flow or vp".formatted(grid));
        };
    }

    OptionalInt preview() {
        if (preview.isPresent() && !List.of(1, 2, 4).contains(preview.get())) {
            throw new InvalidInputException("--preview-size is %d, expected 1, 2 or 4".formatted(preview.get()));
        }
        return preview.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** @throws InvalidInputException if the verifiers have no gradient to guide by */
    Optional<Guidance> guidance(List<VerifierSpec> verifiers) {
        if (form.isPresent() && weight.isEmpty()) {
            throw new InvalidInputException("--guide-form has no effect without --guide-weight W");
        }
        Optional<Guidance> guidance = weight.map(w -> Guidance.of(w, form(form.orElse("cheap"))));
        List<VerifierSpec> optimised =
                verifiers.stream().filter(each -> !each.member().heldOut()).toList();
        if (guidance.isPresent()
                && !(optimised.size() == 1 && optimised.getFirst().source() instanceof VerifierSpec.Folder)) {
            throw new InvalidInputException(
                    "--guide-weight needs a single --verifier DIR, a CLIP, whose gradient it follows, and there are: %s"
                            .formatted(optimised.isEmpty() ? "none" : String.join(", ", names(optimised))));
        }
        return guidance;
    }

    private static List<String> names(List<VerifierSpec> verifiers) {
        return verifiers.stream().map(spec -> spec.member().name()).toList();
    }

    private static Guidance.Form form(String text) {
        return Stream.of(Guidance.Form.values())
                .filter(value -> Setting.name(value).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidInputException("--guide-form is '%s', expected cheap or full".formatted(text)));
    }
}
