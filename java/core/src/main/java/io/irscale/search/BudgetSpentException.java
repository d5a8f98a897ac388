package io.irscale.search;

/** Ends a strategy whose next move does not fit the budget, or whose goal is reached; never leaves this package. */
@SuppressWarnings("serial") // control flow within one process
final class BudgetSpentException extends RuntimeException {
    private final Stop stop;

    BudgetSpentException(Stop stop) {
        super("the budget is spent: " + stop, null, false, false);
        this.stop = stop;
    }

    Stop stop() {
        return stop;
    }
}
