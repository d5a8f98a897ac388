package io.irscale.train;

import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.tensor.TorchFile;
import io.irscale.text.Clip;
import io.irscale.text.ClipConfig;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.T5Config;
import io.irscale.text.T5Encoder;
import io.irscale.text.T5Tokenizer;
import io.irscale.text.TokenIds;
import io.irscale.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Both text encoders of a pipeline with their tokenizers, trained or as they are. */
final class TextTowers implements AutoCloseable {
    private final Parts parts = new Parts();
    private final Map<String, Parameters> parameters = new LinkedHashMap<>();
    private final Map<String, Tokens> tokenized = new HashMap<>();
    private final Map<String, Embedded> kept = new HashMap<>();
    private final Clip clip;
    private final T5Encoder t5;
    private final ClipTokenizer clipTokenizer;
    private final T5Tokenizer t5Tokenizer;
    private final int t5Length;

    private record Tokens(TokenIds clip, TokenIds t5) {}

    /**
     * The encoders of a pipeline's folder.
     *
     * @param trained whether they are trained, from the weights in the folder where there are any
     * @param t5Length T5 tokens of a prompt
     */
    TextTowers(Path pipeline, boolean trained, int t5Length, long seed, Device device, DType dtype) {
        this.t5Length = t5Length;
        try {
            Path clipFolder = pipeline.resolve("text_encoder");
            Path t5Folder = pipeline.resolve("text_encoder_2");
            Tokenizers tokenizers = Tokenizers.find(pipeline);
            clipTokenizer = parts.own(ClipTokenizer.open(tokenizers.clip()));
            t5Tokenizer = parts.own(T5Tokenizer.open(tokenizers.t5()));
            if (trained) {
                Parameters clipWeights = parts.own(parameters(clipFolder, seed, device, dtype));
                Parameters t5Weights = parts.own(parameters(t5Folder, seed, device, dtype));
                parameters.put("text_encoder", clipWeights);
                parameters.put("text_encoder_2", t5Weights);
                clip = parts.own(
                        Clip.of(ClipConfig.of(JsonConfig.read(clipFolder.resolve("config.json"))), clipWeights));
                t5 = parts.own(T5Encoder.of(T5Config.of(JsonConfig.read(t5Folder.resolve("config.json"))), t5Weights));
            } else {
                clip = parts.own(Clip.openText(clipFolder, device, dtype));
                t5 = parts.own(T5Encoder.open(t5Folder, device, dtype));
            }
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** The weights in a model's folder, or none, for initial ones. */
    static Parameters parameters(Path folder, long seed, Device device, DType dtype) {
        for (String name : List.of("diffusion_pytorch_model", "model")) {
            if (Files.exists(folder.resolve(name + ".safetensors"))
                    || Files.exists(folder.resolve(name + ".safetensors.index.json"))) {
                try (Checkpoint checkpoint = Checkpoint.open(folder, name)) {
                    return Parameters.of(untied(checkpoint.tensors()), seed, device, dtype);
                }
            }
        }
        requireNoPickle(folder);
        return Parameters.of(List.of(), seed, device, dtype);
    }

    // Else the model would start from initial values without a word.
    private static void requireNoPickle(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(TorchFile::isNamedSo).sorted().findFirst().ifPresent(file -> {
                throw new InvalidInputException(
                        file + ": training starts from safetensors; save these weights as model.safetensors");
            });
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be read: " + FileReason.of(e), e);
        }
    }

    // Some files hold T5's embeddings twice; transformers ties the second to the first, which is the one that is
    // trained.
    private static Collection<StoredTensor> untied(Map<String, StoredTensor> tensors) {
        Map<String, StoredTensor> once = new LinkedHashMap<>(tensors);
        if (once.containsKey("shared.weight")) {
            once.remove("encoder.embed_tokens.weight");
        }
        return once.values();
    }

    /** The trained ones by their folders' names. */
    Map<String, Parameters> parameters() {
        return parameters;
    }

    /**
     * What the transformer takes.
     *
     * @param txt (N, L, joint_dim)
     * @param vec (N, pooled_dim)
     */
    record Embedded(Tensor txt, Tensor vec) implements AutoCloseable {
        @Override
        public void close() {
            txt.close();
            vec.close();
        }
    }

    /**
     * The prompts' embeddings, for the caller to close. Those of encoders that are not trained are made once, each by
     * itself and never recorded, so that they are the same in a run that goes on as in one that was never cut.
     */
    Embedded encode(List<String> prompts) {
        if (!parameters.isEmpty()) {
            return compute(prompts);
        }
        List<Embedded> each;
        try (Recording _ = Recording.pause()) {
            each = prompts.stream()
                    .map(prompt -> kept.computeIfAbsent(prompt, text -> parts.own(compute(List.of(text)))))
                    .toList();
        }
        Tensor txt = Tensor.concat(each.stream().map(Embedded::txt).toList());
        try {
            return new Embedded(
                    txt, Tensor.concat(each.stream().map(Embedded::vec).toList()));
        } catch (RuntimeException e) {
            txt.close();
            throw e;
        }
    }

    private Embedded compute(List<String> prompts) {
        List<Tokens> tokens = prompts.stream().map(this::tokenize).toList();
        Tensor txt = t5.encode(tokens.stream().map(Tokens::t5).toList());
        try {
            Clip.TextFeatures features =
                    clip.encodeText(tokens.stream().map(Tokens::clip).toList());
            features.hidden().close();
            return new Embedded(txt, features.pooled());
        } catch (RuntimeException e) {
            txt.close();
            throw e;
        }
    }

    private Tokens tokenize(String prompt) {
        return tokenized.computeIfAbsent(
                prompt,
                text -> new Tokens(
                        clipTokenizer.encode(text, clip.config().positions()), t5Tokenizer.encode(text, t5Length)));
    }

    @Override
    public void close() {
        parts.close();
    }
}
