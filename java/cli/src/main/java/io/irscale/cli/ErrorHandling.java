package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Every failure becomes one line on standard error and an exit code. */
final class ErrorHandling implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final BooleanSupplier debug;

    /** {@code debug}: whether to add stack traces. */
    ErrorHandling(BooleanSupplier debug) {
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        String command = line.getCommandSpec().qualifiedName();
        return report(
                line, failure, OneLine.of(failure).replaceFirst("^Error: ", "") + " (see " + command + " --help)");
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        return report(line, failure, OneLine.of(failure));
    }

    private int report(CommandLine line, Exception failure, String message) {
        PrintWriter err = line.getErr();
        err.println("irscale: " + message);
        if (debug.getAsBoolean()) {
            failure.printStackTrace(err);
        }
        err.flush();
        return switch (failure) {
            case ParameterException _, InvalidInputException _ -> ExitCode.BAD_INPUT;
            case CancellationException _ -> ExitCode.INTERRUPTED;
            default -> ExitCode.FAILED;
        };
    }
}
