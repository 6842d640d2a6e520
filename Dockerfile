FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/parley

# Parley's own account. /data holds what must outlive the container; "var" is where Parley keeps such
# things by default, so no setting has to name /data. A new volume takes over the owner of its folder.
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin parley \
 && install --directory --owner=parley --mode=0700 /data /secrets \
 && ln -s /data var

COPY requirements.txt .
RUN pip install --no-cache-dir --root-user-action=ignore --requirement requirements.txt

COPY tools/make_secrets.py tools/
COPY migrations migrations
COPY templates templates
COPY static static
COPY models models
COPY handlers handlers
COPY app app
# or every start would do it again: nothing is written here at run time
RUN python -m compileall -q app handlers models migrations

USER parley
VOLUME /data
EXPOSE 8888

HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('PARLEY_PORT', '8888') + '/readyz', timeout=3)"]

# In exec form Parley is process 1 and gets SIGTERM itself.
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve", "--address", "0.0.0.0"]
