package io.irscale.cli.train;

import io.irscale.cli.ExitCode;
import io.irscale.cli.ImageSet;
import io.irscale.cli.Version;
import io.irscale.data.Captions;
import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.text.Tokenizers;
import io.irscale.train.VocabularyCut;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Cuts FLUX's vocabularies for a small model. */
@Command(
        name = "vocabulary",
        description = "Cuts FLUX's two vocabularies to what a dataset's captions use, for a small model.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  irscale train vocabulary --tokenizers FLUX.1-dev --data train --out pipeline")
final class TrainVocabularyCommand implements Callable<Integer> {
    @Option(
            names = "--tokenizers",
            required = true,
            paramLabel = "DIR",
            description = "FLUX's: tokenizer/ and tokenizer_2/, or clip_l/ and t5/.")
    private Path tokenizers = Path.of("");

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The dataset.")
    private Path data = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Pipeline to put tokenizer/ and tokenizer_2/ in.")
    private Path out = Path.of("");

    @Option(
            names = "--clip-length",
            defaultValue = "77",
            paramLabel = "TOKENS",
            description = "Of a prompt in CLIP; default: ${DEFAULT-VALUE}.")
    private int clipLength;

    @Option(
            names = "--t5-length",
            defaultValue = "512",
            paramLabel = "TOKENS",
            description = "Of a prompt in T5; default: ${DEFAULT-VALUE}.")
    private int t5Length;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Dataset dataset = ImageSet.dataset(data, spec.commandLine().getErr());
        List<String> captions = Captions.of(dataset.template()).complete(dataset).samples().stream()
                .map(Sample::caption)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        Tokenizers from = Tokenizers.find(tokenizers);
        VocabularyCut.clip(from.clip(), out.resolve("tokenizer"), captions, clipLength);
        VocabularyCut.t5(from.t5(), out.resolve("tokenizer_2"), captions, t5Length);
        return ExitCode.OK;
    }
}
