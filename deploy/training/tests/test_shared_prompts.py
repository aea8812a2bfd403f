"""Lines that are read together teach what they teach one by one."""

import pytest
import torch
from conftest import answers
from transformers import AutoModelForCausalLM

from querent_training.base_model import find_base, load_tokenizer
from querent_training.chat_data import _answer_of
from querent_training.shared_prompts import NO_LOSS, JoinRows, Line, read_line, row_of, rows_of


@pytest.fixture(scope="module")
def tokenizer(base):
    return load_tokenizer(find_base(str(base)))


@pytest.fixture(scope="module")
def model(base):
    torch.manual_seed(3)
    loaded = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float64)
    # Weights as they are drawn make every token as likely; larger ones make what is seen count.
    with torch.no_grad():
        for weight in loaded.parameters():
            weight.mul_(5)
    return loaded


@pytest.fixture(scope="module")
def lines(tokenizer) -> list[Line]:
    return [read_line(tokenizer, _answer_of(line, "a line")) for line in answers()]


def loss_of(model, tokenizer, rows: list[dict]) -> torch.Tensor:
    """The sum over all tokens that have a loss."""
    batch = JoinRows(tokenizer.pad_token_id)(rows)
    wanted = batch.pop("labels")[:, 1:]
    logits = model(**batch, use_cache=False).logits[:, :-1]
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=NO_LOSS, reduction="sum")


def test_the_loss_and_its_gradient_are_those_of_the_lines_one_by_one(model, tokenizer, lines):
    def with_gradient(rows: list[dict]):
        model.zero_grad()
        loss = loss_of(model, tokenizer, rows)
        loss.backward()
        return loss, [weight.grad.clone() for weight in model.parameters()]

    together, ours = with_gradient([row_of(lines)])
    single, theirs = with_gradient([row_of([line]) for line in lines])
    assert together.item() == pytest.approx(single.item(), rel=1e-9)
    assert all(torch.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in zip(ours, theirs, strict=True))


def test_no_line_sees_the_answer_of_another(model, tokenizer, lines):
    def logits_of_last(row: dict) -> torch.Tensor:
        return model(**{k: v for k, v in JoinRows(0)([row]).items() if k != "labels"}).logits[0, -1]

    other = lines[0]._replace(tokens=lines[0].tokens[:-5] + [7] * 5)
    assert torch.equal(logits_of_last(row_of([lines[0], lines[1]])), logits_of_last(row_of([other, lines[1]])))


def test_a_row_reads_what_is_shared_once(lines, tokenizer):
    row = row_of(lines)
    assert len(row["input_ids"]) < sum(len(line.tokens) for line in lines) / 2
    replies = [token for line in lines for token in line.tokens[line.prompt :]]
    assert [label for label in row["labels"] if label != NO_LOSS] == replies
    begins = tokenizer.decode([token for token, branch in zip(row["input_ids"], row["branch"], strict=True) if branch == 0])
    assert begins.endswith("Question: pets older than ")


def test_the_same_question_with_two_answers_shares_all_but_its_last_token(tokenizer):
    asked = read_line(tokenizer, _answer_of(answers()[0], "a line"))
    row = row_of([asked, asked._replace(tokens=[*asked.tokens[:-2], 9])])
    assert row["branch"].count(0) == asked.prompt - 1


def test_rows_are_of_lines_that_begin_alike_within_their_length(lines):
    strangers = [Line([200 + at, 5, 6, 7], 2, f"{at}?") for at in range(3)]
    rows = rows_of([*lines, *strangers], together=3, limit=1_000, seed=1)
    assert sorted(max(row["branch"]) for row in rows) == [1, 1, 1, 2, 3, 3]
    limit = max(len(line.tokens) for line in lines) + 1
    assert [max(row["branch"]) for row in rows_of(lines, together=3, limit=limit, seed=1)] == [1] * len(lines)


def test_what_stands_before_every_question_makes_no_row_of_two_schemas(tokenizer):
    def over(schema: str, question: str) -> Line:
        rules = [{"role": "system", "content": "name the steps of a query. " * 8}]
        asked = {"role": "user", "content": f"{schema}\nQuestion: {question}"}
        return read_line(tokenizer, {"prompt": [*rules, asked], "completion": [{"role": "assistant", "content": "From pets."}]})

    schemas = ["pets(id, name, age)", "owners(id, name, city)"]
    lines = [over(schema, question) for question in ("how many?", "of which name?") for schema in schemas]
    rows = rows_of(lines, together=4, limit=1_000, seed=1)
    assert [max(row["branch"]) for row in rows] == [2, 2]
    read_once = [tokenizer.decode([t for t, branch in zip(row["input_ids"], row["branch"], strict=True) if branch == 0]) for row in rows]
    assert all(schema in text for schema, text in zip(schemas, read_once, strict=True))


def test_the_seed_draws_which_lines_are_read_together(lines):
    assert rows_of(lines, 3, 1_000, 1) == rows_of(lines, 3, 1_000, 1)
    assert rows_of(lines, 3, 1_000, 1) != rows_of(lines, 3, 1_000, 2)
