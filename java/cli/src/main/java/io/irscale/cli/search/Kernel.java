package io.irscale.cli.search;

import io.irscale.solver.DdimEta;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.EulerOde;
import io.irscale.solver.FlowGrpo;
import io.irscale.solver.Solver;
import io.irscale.solver.VpGrid;
import java.util.List;
import java.util.Map;

/** The settings that choose a solver, shared by all strategies that draw noise on the way. */
final class Kernel {
    private static final String KERNEL = "kernel";
    private static final double ETA = 0.3;
    // Which kernels a setting belongs to.
    private static final Map<String, List<String>> OWNERS =
            Map.of("g", List.of("em", "vp"), "a", List.of("grpo"), "eta", List.of("ddim"));

    private Kernel() {}

    /** With the defaults that make {@code standard}. */
    static List<Setting> settings(Solver standard) {
        return List.of(
                new Setting(
                        KERNEL,
                        name(standard),
                        "ode, em, grpo, ddim, vp",
                        "how noise is drawn: ode none; em Euler-Maruyama, g t^2; grpo Flow-GRPO, a sqrt(t / (1 - t));"
                                + " ddim a share of it; vp with --grid vp"),
                Setting.real(
                        "g",
                        standard instanceof EulerMaruyama em ? em.scale() : EulerMaruyama.RBF.scale(),
                        "0.001 to 10, for em and vp",
                        "noise strength"),
                Setting.real(
                        "a",
                        standard instanceof FlowGrpo grpo ? grpo.a() : FlowGrpo.DEFAULT.a(),
                        "0.001 to 10, for grpo",
                        "noise strength"),
                Setting.real(
                        "eta",
                        standard instanceof DdimEta ddim ? ddim.eta() : ETA,
                        "0 to 1, for ddim",
                        "share of fresh noise"));
    }

    /** The solver that settings choose. */
    static Solver of(SettingValues values) {
        String kernel = values.text(KERNEL);
        OWNERS.forEach((name, owners) -> {
            if (values.isGiven(name) && !owners.contains(kernel)) {
                throw values.wrong(
                        name,
                        values.text(name),
                        "none with kernel=%s: it belongs to %s".formatted(kernel, String.join(" and ", owners)));
            }
        });
        return switch (kernel) {
            case "ode" -> EulerOde.ODE;
            case "em" -> new EulerMaruyama(values.real("g"), EulerMaruyama.RBF.power());
            case "grpo" -> new FlowGrpo(values.real("a"));
            case "ddim" -> new DdimEta(values.real("eta"));
            case "vp" -> new VpGrid(values.steps(), values.real("g"));
            default -> throw values.wrong(KERNEL, kernel, "ode, em, grpo, ddim or vp");
        };
    }

    /** Whether a setting counts among these: those of other kernels do not. */
    static boolean counts(String name, Map<String, String> texts) {
        List<String> owners = OWNERS.get(name);
        String kernel = texts.get(KERNEL);
        return owners == null || kernel == null || owners.contains(kernel);
    }

    private static String name(Solver solver) {
        return switch (solver) {
            case EulerMaruyama _ -> "em";
            case FlowGrpo _ -> "grpo";
            case DdimEta _ -> "ddim";
            case VpGrid _ -> "vp";
            default -> "ode";
        };
    }
}
