#!/usr/bin/env python3
"""Lists the models, asks one something, and says what that took.   ask.py PROMPT [MODEL]"""

import os
import sys

from crowd_models import CrowdModels, CrowdModelsError

with CrowdModels() as models:
    for model in models.call("models.list")["models"]:
        print(f"{model['id']} ({model['state']}, on {model['backend']})")
    # None is JSON's null, and that counts as not given.
    model = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("CROWD_MODELS_MODEL")
    try:
        result = models.call("complete", prompt=sys.argv[1], model=model, max_tokens=500)
    except CrowdModelsError as error:
        sys.exit(f"{error.data['kind']}: {error}")
    print(result["content"])
    # What neither the backend said nor the daemon could measure is left out.
    usage, stats = result.get("usage", {}), result["stats"]
    print(f"{usage.get('total_tokens', '?')} tokens in {stats['total_time']:.2f} s")
