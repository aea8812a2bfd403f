"""TRL's trainer, with logits of the replies alone: without a GPU it reckons them of every token, half of all the work."""

from torch.nn.functional import cross_entropy
from trl import SFTTrainer

from .shared_prompts import NO_LOSS


class AnswerTrainer(SFTTrainer):
    """The mean loss of a step's reply tokens, over all rows that are gathered for it."""

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        if return_outputs:
            raise NotImplementedError("only the loss is asked for")
        wanted = inputs.pop("labels")[:, 1:]
        places = (wanted != NO_LOSS).any(dim=0).nonzero().squeeze(1)
        logits = model(**inputs, use_cache=False, logits_to_keep=places).logits
        wanted = wanted[:, places].flatten()
        loss = cross_entropy(logits.flatten(0, 1).float(), wanted, ignore_index=NO_LOSS, reduction="sum")
        if num_items_in_batch is None:
            return loss / (wanted != NO_LOSS).sum()
        return loss / num_items_in_batch * self.accelerator.num_processes
