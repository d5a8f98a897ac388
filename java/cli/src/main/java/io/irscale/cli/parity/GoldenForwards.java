package io.irscale.cli.parity;

import io.irscale.denoise.Euler;
import io.irscale.denoise.Plan;
import io.irscale.tensor.Tensor;
import java.util.List;

/** Every forward and every Euler step of a run, each from golden inputs, so that no error reaches the next. */
record GoldenForwards(Setup setup, Checks checks) {
    void run() {
        checks.attempt(setup.file().name(), "noise_pred", this::forwards);
        for (int i = 0; i < setup.schedule().steps(); i++) {
            int step = i;
            checks.attempt(setup.file().name(), "latents." + i, () -> euler(step));
        }
    }

    private void forwards() {
        try (Scope scope = new Scope()) {
            List<Plan> plans = setup.plans(scope, setup.goldenEmbeddings(scope));
            // The goldens hold no embeddings of the negative prompts; these are our own.
            List<Plan> negatives = setup.negatives(scope);
            for (int i = 0; i < setup.schedule().steps(); i++) {
                if (negatives.isEmpty()) {
                    forward(plans, i, i);
                } else {
                    forward(plans, i, 2 * i);
                    forward(negatives, i, 2 * i + 1);
                }
            }
        }
    }

    private void forward(List<Plan> plans, int step, int number) {
        Golden golden = setup.golden("noise_pred", number);
        checks.attempt(setup.file().name(), golden.name(), () -> {
            try (Tensor img = setup.load(setup.latentsBefore(step));
                    Tensor velocity = setup.velocity(img, setup.rows(plans, step))) {
                checks.compare(golden, Tolerance.velocity(setup.dtype()), velocity);
            }
        });
    }

    private void euler(int step) {
        try (Scope scope = new Scope()) {
            Tensor img =
                    scope.own(scope.own(setup.load(setup.latentsBefore(step))).copy());
            Euler.step(img, goldenVelocity(scope, step), setup.dsigma(step));
            checks.compare(setup.golden("latents", step), "one step", Tolerance.STEP, img);
        }
    }

    /** The velocity that the reference stepped along. */
    private Tensor goldenVelocity(Scope scope, int step) {
        if (!setup.run().guided()) {
            return scope.own(setup.load(setup.golden("noise_pred", step)));
        }
        Tensor positive = scope.own(setup.load(setup.golden("noise_pred", 2 * step)));
        Tensor negative = scope.own(setup.load(setup.golden("noise_pred", 2 * step + 1)));
        // v_neg + scale (v - v_neg) is two sums of the very form of an Euler step.
        Tensor difference = scope.own(positive.copy());
        Euler.step(difference, negative, setup.repeat(-1));
        Tensor guided = scope.own(negative.copy());
        Euler.step(guided, difference, setup.repeat(setup.run().trueCfg()));
        return guided;
    }
}
