# The forum in one image: web, live, worker, beat and the preparation differ by their command only.

FROM python:3.11-slim AS packages
RUN python -m venv /opt/forum
COPY requirements/base.txt /requirements.txt
RUN /opt/forum/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt

FROM python:3.11-slim
RUN useradd --uid 10001 --home-dir /var/lib/forum --create-home --shell /usr/sbin/nologin forum
COPY --from=packages /opt/forum /opt/forum
COPY . /srv/forum
WORKDIR /srv/forum
ENV PATH=/opt/forum/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/srv/static \
    VAR=/var/lib/forum
RUN python -m config.catalogues --compile \
    && DATABASE_URL=postgres://nobody@nowhere/none SECRET_KEY=only-while-building VAR=/tmp/building \
       python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/building
USER forum
VOLUME /var/lib/forum
EXPOSE 8000 8001
CMD ["python", "-m", "config.pages", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
